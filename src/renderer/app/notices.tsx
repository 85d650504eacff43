/** What stands above every page: that practice mode is on, what the data folder has to say, and short news. */
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { UpdateState } from '../../shared/updates.ts';
import { RemovePractice } from '../pages/home/remove-practice.tsx';
import { api } from './api.ts';
import { dismissFlash, useFlashes } from './flash.ts';
import { usePractice } from './practice.ts';
import { useUpdateItems } from './updates/use-update-items.ts';

interface NoticesProps {
  readonly update: UpdateState | undefined;
  readonly onUpdates: () => void;
}

export function Notices({ update, onUpdates }: NoticesProps) {
  const [removing, setRemoving] = useState(false);
  const practice = usePractice();
  const items = [
    ...useFlashItems(),
    ...useDataFolderItems(),
    ...useUpdateItems(update, onUpdates),
    ...(practice.exists ? [practiceItem(() => setRemoving(true))] : []),
  ];
  return (
    <>
      <Flashbar items={items} />
      {removing && <RemovePractice practice={practice} onClose={() => setRemoving(false)} />}
    </>
  );
}

const practiceItem = (onRemove: () => void): FlashbarProps.MessageDefinition => ({
  id: 'practice',
  type: 'info',
  content: 'Practice mode: whatever is marked “Practice” stays on this computer.',
  buttonText: 'Remove practice mode',
  onButtonClick: onRemove,
});

function useFlashItems(): FlashbarProps.MessageDefinition[] {
  return useFlashes().map(({ id, type, text }) => ({
    id,
    type,
    content: text,
    ariaRole: 'status',
    dismissible: true,
    dismissLabel: 'Close this message',
    onDismiss: () => dismissFlash(id),
  }));
}

/** E.g. that a damaged file was put aside. */
function useDataFolderItems(): FlashbarProps.MessageDefinition[] {
  const { data } = useQuery(api.system.info.queryOptions());
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const notices = (data?.notices ?? []).filter((notice) => !dismissed.includes(notice));
  return notices.map((notice) => ({
    id: notice,
    type: 'warning',
    content: notice,
    dismissible: true,
    dismissLabel: 'Close this message',
    onDismiss: () => setDismissed([...dismissed, notice]),
  }));
}
