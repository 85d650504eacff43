/** XML documents in requests. */
import { malformedXml } from '../http/service-error.ts';
import { parseXml, type XmlElement } from '../http/xml.ts';

/** @throws ServiceError MalformedXML */
export function parseDocument(text: string, root: string): XmlElement {
  let parsed: XmlElement;
  try {
    parsed = parseXml(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformedXml();
    throw error;
  }
  if (parsed.name !== root) throw malformedXml();
  return parsed;
}
