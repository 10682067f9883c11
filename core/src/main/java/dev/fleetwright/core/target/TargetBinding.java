package dev.fleetwright.core.target;

import dev.fleetwright.core.canonical.Bencode.Dictionary;

/// A target as a configuration file names it: what kind it is and how to reach it. Credentials are
/// references such as `file:…`, never values.
///
/// @param name the user's, such as `edge`
/// @param kind the adapter, such as `ssh`
public record TargetBinding(String name, String kind, Settings settings) {

  /// The canonical form, part of a plan's hash.
  public Dictionary canonical() {
    return Dictionary.empty()
        .with("name", name)
        .with("kind", kind)
        .with("settings", settings.canonical());
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  public static TargetBinding of(Dictionary dictionary) {
    return new TargetBinding(
        dictionary.text("name"),
        dictionary.text("kind"),
        new Settings(dictionary.dictionary("settings").texts()));
  }
}
