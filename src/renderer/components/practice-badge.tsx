import Badge from '@cloudscape-design/components/badge';

/** Marks what belongs to practice mode. */
export const PracticeBadge = () => <Badge color="blue">Practice</Badge>;
