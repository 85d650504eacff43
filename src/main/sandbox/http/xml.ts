/** As much XML as S3 and STS need: elements with text. Attributes are skipped, document types refused. */

export interface XmlElement {
  /** Without a namespace prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** The text directly inside, entities resolved; '' for none. */
  readonly text: string;
}

/** Depth that no request of S3 needs: a guard against documents made to exhaust the stack. */
const maxDepth = 16;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The characters that XML cannot carry as they are; S3 writes them as numeric references. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const special = /[&<>"\u0000-\u001f\u007f\ufffe\uffff]/g;

function escapeCharacter(character: string): string {
  if (character === '&') return '&amp;';
  if (character === '<') return '&lt;';
  if (character === '>') return '&gt;';
  if (character === '"') return '&quot;';
  return `&#x${character.charCodeAt(0).toString(16)};`;
}

export const escapeXml = (text: string): string => text.replace(special, escapeCharacter);

/** `<name>text</name>`, the text escaped; '' when the value is undefined. */
export const element = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;

/** `<name>content</name>`, the content being XML already. */
export const wrap = (name: string, ...content: readonly string[]): string =>
  `<${name}>${content.join('')}</${name}>`;

/** A whole document with its declaration. */
export const xmlDocument = (root: string, namespace: string | undefined, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace === undefined ? '' : ` xmlns="${namespace}"`}>${content}</${root}>`;

function resolveEntity(whole: string, name: string): string {
  if (!name.startsWith('#')) {
    const known = entities[name];
    if (known === undefined) throw new SyntaxError(`unknown entity ${whole}`);
    return known;
  }
  const point = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  if (!Number.isInteger(point) || point < 0 || point > 0x10ffff) throw new SyntaxError(`bad ${whole}`);
  return String.fromCodePoint(point);
}

function unescapeXml(text: string): string {
  if (/&(?!#x[0-9a-fA-F]+;|#[0-9]+;|[a-z]+;)/.test(text)) throw new SyntaxError('a bare &');
  return text.replace(/&([^;]+);/g, resolveEntity);
}

interface OpenElement {
  name: string;
  children: XmlElement[];
  text: string;
}

const token =
  /<\?.*?\?>|<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\/([\w.:-]+)\s*>|<([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gsy;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Reads a document and returns its root.
 * @throws SyntaxError on anything that is not a well-formed document of elements and text
 */
export function parseXml(source: string): XmlElement {
  const root: OpenElement = { name: '', children: [], text: '' };
  const stack: OpenElement[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    const top = stack.at(-1);
    if (match === null || top === undefined) throw new SyntaxError('not well-formed');
    const [, cdata, closing, opening, , selfClosing, text] = match;
    if (cdata !== undefined) top.text += cdata;
    else if (text !== undefined) top.text += unescapeXml(text);
    else if (opening !== undefined) {
      const child: OpenElement = { name: localName(opening), children: [], text: '' };
      top.children.push(child);
      if (selfClosing === '') stack.push(child);
      if (stack.length > maxDepth) throw new SyntaxError('too deep');
    } else if (closing !== undefined) {
      if (stack.length < 2 || localName(closing) !== top.name)
        throw new SyntaxError(`unexpected </${closing}>`);
      stack.pop();
    }
  }
  const [first, second] = root.children;
  if (stack.length !== 1 || first === undefined || second !== undefined || root.text.trim() !== '') {
    throw new SyntaxError('not one closed root element');
  }
  return first;
}

/** The text of the first child of that name. */
export const childText = (parent: XmlElement, name: string): string | undefined =>
  parent.children.find((child) => child.name === name)?.text;
