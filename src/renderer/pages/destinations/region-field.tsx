import Autosuggest from '@cloudscape-design/components/autosuggest';
import FormField from '@cloudscape-design/components/form-field';
import { regionMeant, regionNamed, regions } from '../../../shared/regions.ts';
import type { FieldsProps } from './access-fields.tsx';

const options = regions.map(({ id, name }) => ({ value: id, label: name, labelTag: id }));

/** The region by name or by code; one that is not in the list can be typed. */
export function RegionField({ fields }: FieldsProps) {
  const { values, set, leave, problem } = fields;
  const chosen = regionNamed(values.region.trim());
  return (
    <FormField
      label="Region"
      description="The AWS region that the bucket is in. Type a place or a code."
      constraintText={chosen === undefined ? undefined : `${chosen.name} ${chosen.id}`}
      errorText={problem('region')}
      stretch
    >
      <Autosuggest
        value={values.region}
        options={options}
        placeholder="Singapore, or ap-southeast-1"
        enteredTextLabel={(text) => `Use "${text}"`}
        empty="No region of this name"
        onChange={({ detail }) => set('region', detail.value)}
        onBlur={() => {
          const meant = regionMeant(values.region);
          if (meant !== undefined) set('region', meant.id);
          leave('region');
        }}
      />
    </FormField>
  );
}
