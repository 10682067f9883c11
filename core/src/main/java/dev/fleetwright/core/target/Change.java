package dev.fleetwright.core.target;

import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import java.util.List;
import java.util.Locale;

/// One thing that a deploy would change, for people to read before they approve.
///
/// @param what such as `web on edge-1`
/// @param detail lines of a unified-diff-like kind (`+`, `-`, ` ` first), secrets masked; may be
///   empty
public record Change(Kind kind, String what, List<String> detail) {

  /// What happens to it.
  public enum Kind {
    CREATE,
    UPDATE,
    DELETE,
    /// It is in the plan and stays as it is; it is not restarted.
    NONE;

    /// `create`, `update`, `delete`, `none`.
    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Change {
    detail = List.copyOf(detail);
  }

  /// The canonical form, part of a plan's hash.
  public Dictionary canonical() {
    return Dictionary.empty()
        .with("kind", kind.keyword())
        .with("what", what)
        .with("detail", Listing.ofTexts(detail));
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws Bencode.NotCanonical if it is something else
  public static Change of(Dictionary dictionary) {
    return new Change(
        Kind.valueOf(dictionary.text("kind").toUpperCase(Locale.ROOT)),
        dictionary.text("what"),
        dictionary.listing("detail").texts());
  }
}
