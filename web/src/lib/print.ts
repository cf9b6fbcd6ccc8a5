/** Paper says where it is from. */
export function addressOnPaper() {
  addEventListener('beforeprint', () => {
    const main = document.querySelector<HTMLElement>('#main');
    if (main) main.dataset.address = `${document.title} · ${location.href}`;
  });
}
