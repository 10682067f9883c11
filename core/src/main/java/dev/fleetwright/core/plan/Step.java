package dev.fleetwright.core.plan;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.target.Slice;

/// One thing that a plan asks of one target.
public sealed interface Step {

  /// The target's name.
  String target();

  /// Whether what it did can be seen afterwards. If not, it is run at most once by itself.
  boolean observable();

  /// Bring a slice of a target to a revision.
  ///
  /// @param from what undoing it applies
  /// @param undoable whether undoing does anything; a script's effects stay
  record Apply(
      String target, Slice slice, Digest from, Digest to, boolean observable, boolean undoable)
      implements Step {}

  /// Take everything away; undone by applying `from`.
  record Remove(String target, Digest from, boolean observable) implements Step {}

  /// For people: `edge: host-1, host-2`.
  default String words() {
    return switch (this) {
      case Apply apply -> apply.target() + ": " + apply.slice().words();
      case Remove remove -> remove.target() + ": take everything away";
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
    };
  }

  /// Read what [#canonical] wrote.
  ///
  /// @throws IllegalArgumentException if it is of a kind that this release does not know
  /// @throws Bencode.NotCanonical if it is something else
  static Step of(Dictionary dictionary) {
    var target = dictionary.text("target");
    var from = new Digest(dictionary.text("from"));
    var observable = dictionary.whole("observable") == 1;
    return switch (dictionary.text("do")) {
      case "apply" ->
          new Apply(
              target,
              Slice.of(dictionary.dictionary("slice")),
              from,
              new Digest(dictionary.text("to")),
              observable,
              dictionary.whole("undoable") == 1);
      case "remove" -> new Remove(target, from, observable);
      default ->
          throw new IllegalArgumentException("unknown kind of step: " + dictionary.text("do"));
    };
  }
}
