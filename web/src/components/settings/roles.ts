/** Roles in words. What each may do is decided on the server. */
import type { Role } from '../../lib/api/types.ts';

export const ROLES: { id: Role; label: string; text: string }[] = [
  { id: 'viewer', label: 'Viewer', text: 'Reads everything' },
  { id: 'editor', label: 'Editor', text: 'Also changes the inventory and documents' },
  { id: 'operator', label: 'Operator', text: 'Also runs operations' },
  { id: 'admin', label: 'Admin', text: 'Also manages people, tokens and settings' },
];
