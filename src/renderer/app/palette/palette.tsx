import Box from '@cloudscape-design/components/box';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { api } from '../api.ts';
import { type Command, commandsFor, fitting } from './commands.ts';

interface PaletteProps {
  readonly onChoose: (command: Command) => void;
  readonly onClose: () => void;
}

/** One field for everything: what was typed picks from a list, and Enter does it. */
export function Palette({ onChoose, onClose }: PaletteProps) {
  const { data: pipelines = [] } = useQuery(api.pipelines.list.queryOptions());
  const { data: sources = [] } = useQuery(api.sources.list.queryOptions());
  const { data: destinations = [] } = useQuery(api.destinations.list.queryOptions());
  const all = useMemo(
    () => commandsFor({ pipelines, sources, destinations }),
    [pipelines, sources, destinations],
  );
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => fitting(all, typed), [all, typed]);
  const field = useRef<InputProps.Ref>(null);
  // the dialog gives the focus to its own button as it opens, so this comes a moment later
  useEffect(() => {
    const frame = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const chosen = Math.min(at, found.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen then
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen, found]);
  const press = (key: string): boolean => {
    const last = found.length - 1;
    if (key === 'ArrowDown') setAt(chosen >= last ? 0 : chosen + 1);
    else if (key === 'ArrowUp') setAt(chosen <= 0 ? last : chosen - 1);
    else if (key === 'Enter') {
      const command = found[chosen];
      if (command !== undefined) onChoose(command);
    } else return false;
    return true;
  };
  return (
    <Modal visible header="Commands" closeAriaLabel="Close" onDismiss={onClose}>
      <div className="palette">
        <Input
          type="search"
          ref={field}
          value={typed}
          placeholder="Type what you want to do"
          ariaLabel="Find a command"
          clearAriaLabel="Clear"
          onChange={({ detail }) => {
            setTyped(detail.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (press(event.detail.key)) event.preventDefault();
          }}
          nativeInputAttributes={{
            role: 'combobox',
            'aria-expanded': true,
            'aria-controls': id,
            'aria-autocomplete': 'list',
            'aria-activedescendant': found.length === 0 ? undefined : `${id}-${chosen}`,
          }}
        />
        <div role="listbox" id={id} ref={list} aria-label="Commands" className="palette-list">
          {found.map((command, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active one
            <div
              key={command.id}
              id={`${id}-${place}`}
              role="option"
              aria-selected={place === chosen}
              className="palette-item"
              onClick={() => onChoose(command)}
            >
              <bdi>{command.title}</bdi>
            </div>
          ))}
        </div>
        <div role="status">
          {found.length === 0 && <Box color="text-body-secondary">Nothing fits “{typed.trim()}”.</Box>}
        </div>
      </div>
    </Modal>
  );
}
