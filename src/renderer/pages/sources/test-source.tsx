import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { client, refresh } from '../../app/api.ts';
import { flash } from '../../app/flash.ts';
import { FailureModal } from '../../components/failure-modal.tsx';
import { AcceptHostKey, isUnknownHost } from './accept-host-key.tsx';

/** Connects to a saved source and says what answers; an SSH server that is not known here can be accepted. */
export function TestSource({ name }: { readonly name: string }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const test = async (acceptHostKey?: string) => {
    setBusy(true);
    setError(null);
    try {
      const accepted = acceptHostKey === undefined ? {} : { acceptHostKey };
      const { database, version } = await client.sources.test({ name, ...accepted });
      flash(`Connected to ${database}: ${version}.`);
      if (acceptHostKey !== undefined) await refresh();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const close = () => setError(null);
  return (
    <>
      <Button loading={busy} loadingText="Connecting" onClick={() => void test()}>
        Test connection
      </Button>
      {isUnknownHost(error) ? (
        <AcceptHostKey error={error} onAccept={(fingerprint) => void test(fingerprint)} onClose={close} />
      ) : (
        error !== null && <FailureModal title="The source cannot be reached" error={error} onClose={close} />
      )}
    </>
  );
}
