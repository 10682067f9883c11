package dev.fleetwright.server.ui;

import java.util.List;

/// A button that changes something: a form that is posted.
///
/// @param id unique on the page
/// @param style `primary`, `danger` or `plain`
/// @param question asked before; empty when one click is enough
/// @param reason whether there is a field for it
/// @param variables whether there is a field for variables
record Action(
    String id,
    String label,
    String href,
    String style,
    String icon,
    List<Field> fields,
    String question,
    Reason reason,
    boolean variables) {

  Action {
    fields = List.copyOf(fields);
  }

  /// What is wanted of the person's reason.
  enum Reason {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  /// A hidden field.
  record Field(String name, String value) {}

  static Action now(
      String id, String label, String href, String style, String icon, Field... fields) {
    return new Action(id, label, href, style, icon, List.of(fields), "", Reason.NONE, false);
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
    return new Action(
        id,
        label,
        href,
        style,
        icon,
        List.of(fields),
        question,
        reason ? Reason.OPTIONAL : Reason.NONE,
        false);
  }

  /// Asks for a reason, without which nothing is done.
  static Action demanding(
      String id,
      String label,
      String href,
      String style,
      String icon,
      String question,
      Field... fields) {
    return new Action(
        id, label, href, style, icon, List.of(fields), question, Reason.REQUIRED, false);
  }

  /// Asks for variables.
  static Action asking(
      String id, String label, String href, String style, String icon, String question) {
    return new Action(id, label, href, style, icon, List.of(), question, Reason.NONE, true);
  }

  boolean asksReason() {
    return reason != Reason.NONE;
  }

  boolean needsReason() {
    return reason == Reason.REQUIRED;
  }

  boolean asks() {
    return !question.isEmpty();
  }
}
