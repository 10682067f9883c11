package dev.fleetwright.kubernetes.health;

/// What can be said of one object, with a sentence for a person.
///
/// The words are those of kstatus (the status library of kubernetes-sigs/cli-utils), and
/// `Suspended`, which it lacks. **Only [Current] lets a deploy go on**; whatever is not understood
/// is something else.
public sealed interface Verdict {

  /// Why, in words for a person who did not write the manifest; no full stop at its end.
  String sentence();

  /// What was asked for is there, and works as far as the object tells.
  record Current(String sentence) implements Verdict {}

  /// Somebody is still at it: waiting helps.
  record InProgress(String sentence) implements Verdict {}

  /// It does not work.
  ///
  /// @param forGood whether waiting is pointless, since nobody is going to try again by himself.
  ///   The others may heal (a controller retries, an image appears): a gate gives those a little
  ///   time
  record Failed(String sentence, boolean forGood) implements Verdict {}

  /// Somebody asked for it to stand still.
  record Suspended(String sentence) implements Verdict {}

  /// It is being deleted.
  ///
  /// @param otherwise what would be said of it if it were not
  record Terminating(String sentence, Verdict otherwise) implements Verdict {}

  /// The object itself is not there, or says that what it stands for is not.
  record NotFound(String sentence) implements Verdict {}

  /// It says nothing that is understood.
  record Unknown(String sentence) implements Verdict {}

  default boolean isCurrent() {
    return this instanceof Current;
  }
}
