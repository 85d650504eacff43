import Box from '@cloudscape-design/components/box';

interface WrittenStepsProps {
  readonly title: string;
  /** Where to click, one after the other. */
  readonly steps: readonly string[];
  /** Where no heading of the second level stands above it. */
  readonly topLevel?: boolean;
}

/** What to do in the AWS console, as a numbered list. */
export function WrittenSteps({ title, steps, topLevel = false }: WrittenStepsProps) {
  return (
    <div>
      <Box variant="h3" tagOverride={topLevel ? 'h2' : 'h3'} padding={{ bottom: 'xxs' }}>
        {title}
      </Box>
      <ol className="points">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}
