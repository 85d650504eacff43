/** What the program around the window asks of it: menus, notifications and opened files of the desktop app. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import type { HostRequest } from '../../shared/host-request.ts';
import { openHelp, openHelpForScreen } from '../help/help-state.ts';
import { api, client } from './api.ts';
import { openWorkspaceFile } from './opened-workspace.ts';

export function HostRequests({ onUpdates }: { readonly onUpdates: () => void }) {
  const [, navigate] = useLocation();
  const { data: info } = useQuery(api.system.info.queryOptions());
  // In the browser nobody asks, and a stream would take one of few connections.
  const isAsked = info?.host === 'electron';
  useEffect(() => {
    if (!isAsked) return undefined;
    const end = new AbortController();
    const act = (request: HostRequest): void => {
      if ('page' in request) navigate(request.page);
      else if ('help' in request) request.help === '' ? openHelpForScreen() : openHelp(request.help);
      else if ('show' in request) onUpdates();
      else openWorkspaceFile(request.workspace);
    };
    // It breaks only with the connection to the app, and then whatever the user does here says so.
    listen(act, end.signal).catch(() => undefined);
    return () => end.abort();
  }, [navigate, isAsked, onUpdates]);
  return null;
}

async function listen(act: (request: HostRequest) => void, signal: AbortSignal): Promise<void> {
  for await (const request of await client.system.requests(undefined, { signal })) act(request);
}
