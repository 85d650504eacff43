import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { useState } from 'react';
import type { UpdateState } from '../../../shared/updates.ts';

/** The version of which the user wants to hear nothing more, remembered in this window's own storage. */
const key = 'sluice.dismissed-update';

/** That there is a new version, until the user has said that it can wait. */
export function useUpdateItems(
  update: UpdateState | undefined,
  onUpdates: () => void,
): FlashbarProps.MessageDefinition[] {
  const [dismissed, setDismissed] = useState(() => localStorage.getItem(key));
  const now = update?.now;
  if (now?.step !== 'available' && !(now?.step === 'ready' && !now.atQuit)) return [];
  const id = `${now.step} ${now.version}`;
  if (dismissed === id) return [];
  const isReady = now.step === 'ready';
  return [
    {
      id: 'update',
      type: 'info',
      ariaRole: 'status',
      content: `Sluice ${now.version} is ${isReady ? 'ready to be installed' : 'there'}.`,
      buttonText: isReady ? 'Choose when' : 'See what is new',
      onButtonClick: onUpdates,
      dismissible: true,
      dismissLabel: 'Close this message',
      onDismiss: () => {
        localStorage.setItem(key, id);
        setDismissed(id);
      },
    },
  ];
}
