import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useMemo } from 'react';

interface TimeZoneFieldProps {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (timeZone: string) => void;
}

export function TimeZoneField({ value, error, onChange }: TimeZoneFieldProps) {
  const options = useMemo(timeZones, []);
  return (
    <FormField
      label="Time zone"
      description="The clock that gives the date and hour in the path when a load starts."
      errorText={error}
    >
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? { value, label: value }}
        filteringType="auto"
        filteringPlaceholder="Find a city or region"
        filteringAriaLabel="Find a time zone"
        noMatch="No time zone is called that."
        virtualScroll
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? 'UTC')}
      />
    </FormField>
  );
}

/** UTC first, then the user's own, then the rest by name; each with its distance from UTC today. */
function timeZones(): readonly SelectProps.Option[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])];
  const now = new Date();
  return names.map((name) => ({
    value: name,
    label: name,
    ...(name === 'UTC' ? {} : { labelTag: offsetOf(name, now) }),
    ...(name === own && name !== 'UTC' ? { description: 'The time zone of this computer' } : {}),
    // Found by "new york" too.
    filteringTags: [name.replaceAll('_', ' ')],
  }));
}

const offsetOf = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')
    ?.value.replace('GMT', 'UTC') ?? '';
