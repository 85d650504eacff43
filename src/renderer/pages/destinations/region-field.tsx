import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useState } from 'react';
import { regionsMeant, regionTitle } from '../../../shared/regions.ts';
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
        filteringType="manual"
        filteringPlaceholder="Singapore, or ap-southeast-1"
        filteringAriaLabel="Find a region"
        filteringClearAriaLabel="Clear"
        empty="No region of this name. A code such as ap-southeast-1 can be typed."
        onLoadItems={({ detail }) => setTyped(detail.filteringText)}
        onChange={({ detail }) => set('region', detail.selectedOption.value ?? '')}
        onBlur={() => leave('region')}
      />
    </FormField>
  );
}

const optionOf = (id: string): SelectProps.Option => ({ value: id, label: regionTitle(id) });

/** What fits, and last what was typed itself, where that could be the code of a region. */
function optionsFor(typed: string): SelectProps.Option[] {
  const known = regionsMeant(typed).map(({ id }) => optionOf(id));
  const code = typed.trim().toLowerCase();
  if (!/^[a-z0-9-]+$/.test(code) || known.some(({ value }) => value === code)) return known;
  return [...known, { value: code, label: `Use “${code}”` }];
}
