import Button from '@cloudscape-design/components/button';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, client } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { SourceFieldsProps } from './source-fields.tsx';

/** A path to type, and the system's file dialog where the host has one. */
export function SqliteFields({ fields }: SourceFieldsProps) {
  const { data: info } = useQuery(api.system.info.queryOptions());
  const browse = useMutation({
    mutationFn: () => client.system.chooseFile(),
    onSuccess: ({ path }) => {
      if (path !== null) fields.set('path', path);
    },
  });
  return (
    <>
      <TextField
        label="File"
        description="The whole path of the database file. Sluice only reads it."
        placeholder="/home/ada/shop.sqlite"
        {...fields.text('path')}
        {...(info?.canChooseFiles === true
          ? {
              beside: (
                <Button formAction="none" loading={browse.isPending} onClick={() => browse.mutate()}>
                  Browse…
                </Button>
              ),
            }
          : {})}
      />
      <FailureAlert error={browse.error} header="The file dialog did not open" />
    </>
  );
}
