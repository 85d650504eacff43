import { type ReactNode, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useStartLoad } from '../../components/use-start-load.tsx';
import { openHelp } from '../../help/help-state.ts';
import { requestTest } from '../requested-test.ts';
import { setTheme } from '../theme.ts';
import type { Deed } from './commands.ts';
import { Palette } from './palette.tsx';

export interface OpenPalette {
  readonly open: () => void;
  /** The palette while it is open, and the questions of what it began. */
  readonly shown: ReactNode;
}

/** The palette, by Ctrl-K, or Cmd-K on a Mac. */
export function usePalette(onAbout: () => void): OpenPalette {
  const [, navigate] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const load = useStartLoad();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
      if (key.toLowerCase() !== 'k' || ctrlKey === metaKey || altKey || shiftKey) return;
      event.preventDefault();
      // over another dialog it would hide what is being asked there
      const asked = document.querySelector('[role=dialog]') !== null;
      setOpen((now) => !now && !asked);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  const carryOut = (deed: Deed): void => {
    if (deed.do === 'go') navigate(deed.address);
    else if (deed.do === 'load') load.start(deed.pipeline);
    else if (deed.do === 'about') onAbout();
    else if (deed.do === 'help') openHelp(deed.at);
    else if (deed.do === 'theme') setTheme(deed.theme);
    else {
      requestTest(deed.destination);
      navigate('/destinations');
    }
  };
  const shown = (
    <>
      {isOpen && (
        <Palette
          onClose={() => setOpen(false)}
          onChoose={({ deed }) => {
            setOpen(false);
            carryOut(deed);
          }}
        />
      )}
      {load.dialogs}
    </>
  );
  return { open: () => setOpen(true), shown };
}
