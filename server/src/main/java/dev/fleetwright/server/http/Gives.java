package dev.fleetwright.server.http;

/// What a route answers when all is well; the description of the API is made from it.
public sealed interface Gives {

  /// One record.
  record One(Class<? extends Record> type) implements Gives {}

  /// A page of a list of records.
  record PageOf(Class<? extends Record> type) implements Gives {}

  /// Server-sent events whose data are records.
  record Events(Class<? extends Record> type) implements Gives {}

  /// Plain text, also by parts.
  record Text() implements Gives {}

  /// Bytes, to be kept as a file.
  record File(String mediaType) implements Gives {}

  /// A page for people or a redirection to one; no part of the API.
  record ForPeople() implements Gives {}

  /// What another program's contract says, such as that of GitLab's runner; described there.
  record Foreign() implements Gives {}

  /// Any JSON.
  record Json() implements Gives {}
}
