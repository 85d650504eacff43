import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import type { AwsProfile } from '../../../shared/model.ts';
import type { FieldsProps } from './access-fields.tsx';
import { useProfiles } from './use-who.ts';

/** What stands for "no profile": no profile can be called so. */
const byDefault = '';

/** Whose AWS identity asks for the role: one of the profiles of this computer, or whoever signs without one. */
export function SignInField({ fields }: FieldsProps) {
  const { values, set, problem } = fields;
  const { data, isFetching } = useProfiles();
  const profiles = data?.profiles ?? [];
  const first = defaultOption(data?.current ?? null);
  const options = [first, ...profiles.map(optionOf)];
  const chosen = values.signer === 'profile' ? values.profile.trim() : byDefault;
  return (
    <FormField
      label="Your AWS sign-in"
      description="Who asks for the role. Sluice uses the sign-ins of the AWS command line on this computer."
      errorText={problem('profile')}
      stretch
    >
      <Select
        selectedOption={options.find(({ value }) => value === chosen) ?? missing(chosen, isFetching)}
        options={options}
        filteringType={profiles.length > 7 ? 'auto' : 'none'}
        filteringPlaceholder="Find a profile"
        filteringAriaLabel="Find a profile"
        triggerVariant="option"
        onChange={({ detail }) => {
          const profile = detail.selectedOption.value ?? byDefault;
          set('signer', profile === byDefault ? 'default' : 'profile');
          set('profile', profile);
        }}
      />
    </FormField>
  );
}

const defaultOption = (current: string | null): SelectProps.Option => ({
  value: byDefault,
  label: 'The default sign-in',
  description:
    current === null
      ? 'What the AWS command line uses by itself.'
      : `What the AWS command line uses by itself; among the profiles, “${current}”.`,
});

function optionOf({ name, words, accountId }: AwsProfile): SelectProps.Option {
  const said = words.charAt(0).toUpperCase() + words.slice(1);
  return { value: name, label: name, description: `${said}.`, ...(accountId ? { labelTag: accountId } : {}) };
}

/** A profile that was there when it was chosen. */
const missing = (name: string, reading: boolean): SelectProps.Option => ({
  value: name,
  label: name,
  ...(reading ? {} : { description: 'This profile is not on this computer any more.' }),
});
