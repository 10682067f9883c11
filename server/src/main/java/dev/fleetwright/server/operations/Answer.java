package dev.fleetwright.server.operations;

import dev.fleetwright.pipeline.problem.Problem;
import java.util.List;
import java.util.function.Function;

/// What became of a request. A "no" is a value: the HTTP layer and the pages say it in their own
/// form.
public sealed interface Answer<T> {

  /// It is done.
  record Done<T>(T value) implements Answer<T> {}

  /// What it is about is not there.
  ///
  /// @param what such as `deploy 12`
  record NotFound<T>(String what) implements Answer<T> {}

  /// It cannot be done; nothing was changed.
  ///
  /// @param code stable, for programs, such as `plan_moved`
  /// @param message what is wrong
  /// @param remedy what to do about it; may be empty
  /// @param problems in files, where that is what is wrong
  record Refused<T>(String code, String message, String remedy, List<Problem> problems)
      implements Answer<T> {
    public Refused {
      problems = List.copyOf(problems);
    }
  }

  /// It is done.
  static <T> Answer<T> done(T value) {
    return new Done<>(value);
  }

  /// What it is about is not there.
  static <T> Answer<T> notFound(String what) {
    return new NotFound<>(what);
  }

  /// It cannot be done.
  static <T> Answer<T> refused(String code, String message, String remedy) {
    return new Refused<>(code, message, remedy, List.of());
  }

  /// Go on with the value, if there is one.
  default <U> Answer<U> then(Function<T, Answer<U>> next) {
    return switch (this) {
      case Done<T>(var value) -> next.apply(value);
      case NotFound<T>(var what) -> new NotFound<>(what);
      case Refused<T>(var code, var message, var remedy, var problems) ->
          new Refused<>(code, message, remedy, problems);
    };
  }
}
