import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useState } from 'react';
import { regions, regionTitle } from '../../../shared/regions.ts';
import type { FieldsProps } from './access-fields.tsx';

/** The region by its name; one that no list has yet can be typed. */
export function RegionField({ fields }: FieldsProps) {
  const { values, set, leave, problem } = fields;
  const [typed, setTyped] = useState('');
  const region = values.region.trim();
  return (
    <FormField
      label="Region"
      description="Where in the world AWS keeps the bucket."
      errorText={problem('region')}
      stretch
    >
      <Select
        selectedOption={region === '' ? null : optionOf(region)}
        options={optionsFor(typed)}
        placeholder="Choose a region"
        filteringType="auto"
        filteringPlaceholder="Singapore, or ap-southeast-1"
        filteringAriaLabel="Find a region"
        filteringClearAriaLabel="Clear"
        noMatch="No region of this name. The code of a new one, such as ap-southeast-1, can be typed in full."
        onLoadItems={({ detail }) => setTyped(detail.filteringText)}
        onChange={({ detail }) => set('region', detail.selectedOption.value ?? '')}
        onBlur={() => leave('region')}
      />
    </FormField>
  );
}

const optionOf = (id: string): SelectProps.Option => ({ value: id, label: regionTitle(id) });

const known = regions.map(({ id }) => optionOf(id));

/** All regions, and last what was typed, where that could be the code of one. */
function optionsFor(typed: string): SelectProps.Option[] {
  const code = typed.trim().toLowerCase();
  if (!/^[a-z0-9-]{2,}$/.test(code) || regions.some(({ id }) => id === code)) return known;
  return [...known, { value: code, label: `Use “${code}”` }];
}
