import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

/** Text to paste somewhere else, as it stands, with a button that copies it. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
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
      </div>
    </section>
  );
}
