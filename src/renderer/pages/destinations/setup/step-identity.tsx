import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { AccessType, type FieldsProps } from '../access-fields.tsx';
import { IdentityCard } from '../identity-card.tsx';
import { SignInField } from '../sign-in-field.tsx';

/** Who asks AWS, and how. */
export function StepIdentity({ fields }: FieldsProps) {
  const role = fields.values.accessType === 'role';
  return (
    <SpaceBetween size="l">
      <Container>
        <SpaceBetween size="l">
          <AccessType fields={fields} />
          {role && <SignInField fields={fields} />}
        </SpaceBetween>
      </Container>
      {role && <IdentityCard form={fields.values} />}
    </SpaceBetween>
  );
}
