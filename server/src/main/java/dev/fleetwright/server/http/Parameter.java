package dev.fleetwright.server.http;

/// A parameter in the query of a route.
///
/// @param type of JSON: `string`, `integer`
/// @param words what it is for
public record Parameter(String name, String type, boolean required, String words) {

  static final Parameter PAGE =
      optional("page", "integer", "Which part of the list, from 1; 1 when not given.");
  static final Parameter PER_PAGE =
      optional("per_page", "integer", "How many on a page, 1 to 100; 50 when not given.");
  static final Parameter OFFSET =
      optional("offset", "integer", "Where to begin, in bytes; 0 when not given.");

  static Parameter optional(String name, String type, String words) {
    return new Parameter(name, type, false, words);
  }

  static Parameter required(String name, String type, String words) {
    return new Parameter(name, type, true, words);
  }
}
