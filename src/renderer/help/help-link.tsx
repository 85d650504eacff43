import Link from '@cloudscape-design/components/link';
import { openHelp } from './help-state.ts';
import { helpAddress, type Topic, topics } from './topics.ts';

/** “Info” beside a header: opens the panel at what belongs to it, without leaving the screen. */
export function HelpLink({ topic, of }: { readonly topic: Topic; readonly of: string }) {
  const target = topics[topic];
  return (
    <Link
      variant="info"
      href={`#${helpAddress(target)}`}
      ariaLabel={`Info: ${of}`}
      onFollow={(event) => {
        event.preventDefault();
        openHelp(target);
      }}
    >
      Info
    </Link>
  );
}
