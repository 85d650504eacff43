import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { PathText } from './path-text.tsx';

/** A key or an id in fixed width, with a button that copies it. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="copyable">
      <PathText path={text} />
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy the ${label} ${text}`}
        copySuccessText="Copied"
        copyErrorText="The browser did not allow copying"
      />
    </div>
  );
}
