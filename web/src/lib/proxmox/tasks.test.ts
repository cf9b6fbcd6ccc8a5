import { describe, expect, it } from 'vitest';

import { taskName } from './tasks.ts';

describe('a task', () => {
  it('reads the same of a container and of a virtual machine', () => {
    expect(['qmstart', 'vzstart', 'vzdump', 'qmigrate', 'vzmigrate', 'vncproxy'].map(taskName)).toEqual([
      'Start',
      'Start',
      'Back up',
      'Migrate',
      'Migrate',
      'Console',
    ]);
  });
  it('that nobody knows keeps its name', () => {
    expect([taskName('imgcopy'), taskName('')]).toEqual(['imgcopy', '']);
  });
});
