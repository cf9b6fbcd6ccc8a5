/** One question at a time, answered by a dialog. The safe answer has the focus. */
export interface Question {
  title: string;
  text: string;
  /** What happens on yes, as a verb. */
  yes: string;
  no: string;
  destroys?: boolean;
}

class Confirm {
  question = $state.raw<(Question & { answer: (yes: boolean) => void }) | null>(null);

  ask(question: Question): Promise<boolean> {
    this.question?.answer(false);
    return new Promise((resolve) => {
      this.question = {
        ...question,
        answer: (yes) => {
          this.question = null;
          resolve(yes);
        },
      };
    });
  }
}

export const confirm = new Confirm();

export const askToDiscard = () =>
  confirm.ask({
    title: 'Discard what you changed?',
    text: 'It was not saved yet.',
    yes: 'Discard',
    no: 'Keep editing',
    destroys: true,
  });
