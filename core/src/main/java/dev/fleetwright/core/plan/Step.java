package dev.fleetwright.core.plan;

import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.target.Slice;
import java.time.Duration;
import java.util.Optional;

/// One thing that a plan does.
public sealed interface Step {

  /// A step that changes one target.
  sealed interface Change extends Step {

    /// The target's name.
    String target();

    /// What undoing it goes back to.
    Digest from();

    /// Whether what it did can be seen afterwards. If not, it is run at most once by itself.
    boolean observable();

    /// Whether undoing it does anything; a script's effects stay. What cannot be seen is not
    /// undone: after a crash it would be done again, and at most once is promised of it.
    boolean undoable();
  }

  /// A step that changes nothing and only looks.
  sealed interface Watch extends Step {

    /// For people, such as `canary at 10%`.
    String name();
  }

  /// Bring a slice of a target to a revision.
  ///
  /// @param from what undoing it applies
  record Apply(
      String target, Slice slice, Digest from, Digest to, boolean observable, boolean undoable)
      implements Change {}

  /// Take everything away; undone by applying `from`.
  record Remove(String target, Digest from, boolean observable) implements Change {
    @Override
    public boolean undoable() {
      return observable;
    }
  }

  /// Changes nothing: what runs is watched for a while, and must stay healthy, before the next step
  /// is due. A person may end it early.
  ///
  /// @param name for people, such as `canary at 10%`
  /// @param length how long; empty until a person says go on
  record Hold(String name, Optional<Duration> length) implements Watch {
    public Hold {
      if (length.isPresent() && !length.get().isPositive()) {
        throw new IllegalArgumentException("a hold has to take some time, not " + length.get());
      }
    }
  }

  /// Changes nothing: the new release is asked again and again, and must answer as expected, before
  /// the next step is due. A person may end it early.
  ///
  /// @param name for people, such as `canary at 10%`
  record Analyse(String name, HttpProbe probe) implements Watch {}

  /// Whether it changes this target.
  default boolean changes(String target) {
    return this instanceof Change change && change.target().equals(target);
  }

  /// For people: `edge: host-1, host-2`.
  default String words() {
    return switch (this) {
      case Apply apply -> apply.target() + ": " + apply.slice().words();
      case Remove remove -> remove.target() + ": take everything away";
      case Hold(var name, var length) ->
          name
              + ": hold "
              + length.map(l -> "for " + Words.of(l)).orElse("until somebody says go on");
      case Analyse(var name, var probe) -> name + ": ask " + probe.words();
    };
  }

  /// The canonical form, part of a plan's hash.
  default Dictionary canonical() {
    return switch (this) {
      case Apply(var target, var slice, var from, var to, var observable, var undoable) ->
          Dictionary.empty()
              .with("do", "apply")
              .with("target", target)
              .with("slice", slice.canonical())
              .with("from", from.hex())
              .with("to", to.hex())
              .with("observable", observable ? 1 : 0)
              .with("undoable", undoable ? 1 : 0);
      case Remove(var target, var from, var observable) ->
          Dictionary.empty()
              .with("do", "remove")
              .with("target", target)
              .with("from", from.hex())
              .with("observable", observable ? 1 : 0);
      case Hold(var name, var length) ->
          Dictionary.empty()
              .with("do", "hold")
              .with("name", name)
              .with("milliseconds", length.map(Duration::toMillis).orElse(0L));
      case Analyse(var name, var probe) ->
          Dictionary.empty()
              .with("do", "analyse")
              .with("name", name)
              .with("probe", probe.canonical());
    };
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws IllegalArgumentException if it is of a kind that this release does not know
  /// @throws Bencode.NotCanonical if it is something else
  static Step of(Dictionary dictionary) {
    return switch (dictionary.text("do")) {
      case "apply" ->
          new Apply(
              dictionary.text("target"),
              Slice.of(dictionary.dictionary("slice")),
              new Digest(dictionary.text("from")),
              new Digest(dictionary.text("to")),
              dictionary.whole("observable") == 1,
              dictionary.whole("undoable") == 1);
      case "remove" ->
          new Remove(
              dictionary.text("target"),
              new Digest(dictionary.text("from")),
              dictionary.whole("observable") == 1);
      case "hold" ->
          new Hold(
              dictionary.text("name"),
              Optional.of(dictionary.whole("milliseconds"))
                  .filter(m -> m > 0)
                  .map(Duration::ofMillis));
      case "analyse" ->
          new Analyse(dictionary.text("name"), HttpProbe.of(dictionary.dictionary("probe")));
      default ->
          throw new IllegalArgumentException("unknown kind of step: " + dictionary.text("do"));
    };
  }
}
