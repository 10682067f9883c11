package dev.fleetwright.server.ui;

import gg.jte.TemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;

/// Escapes what users wrote, and makes visible what would otherwise act on the text around it:
/// control characters, and those that change the direction of text, with which a name can be made
/// to look like another (CVE-2021-42574).
final class PlainOutput extends OwaspHtmlTemplateOutput {

  PlainOutput(TemplateOutput to) {
    super(to);
  }

  @Override
  public void writeUserContent(String value) {
    if (value != null) {
      super.writeUserContent(plain(value));
    }
  }

  /// The text with every such character as `␛` or `[U+202E]`.
  static String plain(String text) {
    if (text.codePoints().noneMatch(PlainOutput::acts)) {
      return text;
    }
    var plain = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          if (!acts(c)) {
            plain.appendCodePoint(c);
          } else if (c < ' ') {
            plain.appendCodePoint('\u2400' + c);
          } else {
            plain.append("[U+%04X]".formatted(c));
          }
        });
    return plain.toString();
  }

  private static boolean acts(int c) {
    return (c < ' ' && c != '\n' && c != '\t' && c != '\r')
        || (c >= 0x7f && c <= 0x9f)
        || c == 0x061c
        || (c >= 0x200e && c <= 0x200f)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || (c >= 0x2028 && c <= 0x2029)
        || (c >= 0xfff9 && c <= 0xfffb)
        || (c >= 0xe0000 && c <= 0xe007f);
  }
}
