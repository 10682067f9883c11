package dev.fleetwright.server.ui;

import java.util.List;

/// A button that changes something: a form that is posted.
///
/// @param id unique on the page
/// @param style `primary`, `danger` or `plain`
/// @param question asked before; empty when one click is enough
/// @param asksReason whether there is a field for the reason
record Action(
    String id,
    String label,
    String href,
    String style,
    String icon,
    List<Field> fields,
    String question,
    boolean asksReason) {

  Action {
    fields = List.copyOf(fields);
  }

  /// A hidden field.
  record Field(String name, String value) {}

  static Action now(
      String id, String label, String href, String style, String icon, Field... fields) {
    return new Action(id, label, href, style, icon, List.of(fields), "", false);
  }

  static Action asking(
      String id,
      String label,
      String href,
      String style,
      String icon,
      String question,
      boolean reason,
      Field... fields) {
    return new Action(id, label, href, style, icon, List.of(fields), question, reason);
  }

  boolean asks() {
    return !question.isEmpty();
  }
}
