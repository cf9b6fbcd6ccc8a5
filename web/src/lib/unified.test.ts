import { describe, expect, it } from 'vitest';

import { backwards, unified } from './unified.ts';

const DIFF = `@@ -8,5 +8,6 @@
 eight
-nine
+nine and a half
+ten
 eleven
 twelve
 thirteen
@@ -90 +91 @@
-old end
\\ No newline at end of file
+new end
… 2 more hunks: @@ -200,7 +201,7 @@ @@ -300,7 +301,7 @@
`;

describe('a unified diff', () => {
  const { hunks, leftOut } = unified(DIFF);
  it('is read hunk by hunk, with the numbers of both sides', () => {
    expect(hunks.map((hunk) => hunk.place)).toEqual(['lines 8–13', 'line 91']);
    expect(hunks[0]!.lines.map((line) => [line.mark, line.before, line.after])).toEqual([
      ['same', 8, 8],
      ['removed', 9, null],
      ['added', null, 9],
      ['added', null, 10],
      ['same', 10, 11],
      ['same', 11, 12],
      ['same', 12, 13],
    ]);
  });
  it('says what was left out, and where a line break is missing', () => {
    expect(leftOut).toMatch(/^2 more hunks/);
    expect(hunks[1]!.lines[1]).toMatchObject({ mark: 'note', pieces: [{ text: 'No newline at end of file' }] });
  });
  it('keeps a line that only looks like a header', () => {
    const [hunk] = unified('@@ -1 +1,2 @@\n same\n+@@ -1 +1 @@\n').hunks;
    expect(hunk!.lines.map((line) => line.mark)).toEqual(['same', 'added']);
  });
});

describe('read backwards', () => {
  it('what came goes, what went comes, and what goes stands first', () => {
    const back = backwards('@@ -1,3 +1,2 @@\n a\n-b\n-c\n+d\n');
    expect(back).toBe('@@ -1,2 +1,3 @@\n a\n-d\n+b\n+c\n');
  });
  it('a missing line break stays with its line', () => {
    const diff = '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n';
    expect(backwards(diff)).toBe('@@ -1 +1 @@\n-b\n+a\n\\ No newline at end of file\n');
  });
  it('twice is the same again', () => {
    expect(backwards(backwards(DIFF))).toBe(DIFF);
  });
});
