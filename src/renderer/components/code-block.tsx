import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { saveFile } from './save-file.ts';

interface CodeBlockProps {
  readonly text: string;
  readonly label: string;
  /** With it, there is a button that saves the text as this file. */
  readonly fileName?: string;
}

/** Text to paste somewhere else, as it stands, with a button that copies it. */
export function CodeBlock({ text, label, fileName }: CodeBlockProps) {
  return (
    <section className="code-block" aria-label={label}>
      <pre>{text}</pre>
      <div className="code-block-copy">
        <CopyToClipboard
          variant="icon"
          copyButtonAriaLabel={`Copy: ${label}`}
          copySuccessText="Copied"
          copyErrorText="The browser did not allow copying"
          textToCopy={text}
        />
        {fileName !== undefined && (
          <Button
            variant="icon"
            iconName="download"
            formAction="none"
            ariaLabel={`Save as a file: ${label}`}
            onClick={() => saveFile(fileName, `${text}\n`)}
          />
        )}
      </div>
    </section>
  );
}
