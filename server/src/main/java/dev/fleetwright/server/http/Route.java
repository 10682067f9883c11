package dev.fleetwright.server.http;

import dev.fleetwright.api.Json;
import dev.fleetwright.api.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One thing that can be asked of the server: how it is asked, who may, what comes back, and what
/// is done. The only source for both the router and the description of the API; what is not a route
/// cannot be called.
///
/// A route is said as a sentence, and the compiler checks that what is done gives what was said:
///
/// ```java
/// Route.get("/api/v1/projects/{project}", Access.SIGNED_IN, "One project.")
///     .giving(Project.class)
///     .by(call -> project(call.projectName()));
/// ```
///
/// @param path with `{name}` for one segment, which may hold an encoded `/`
/// @param takes the record in the request's body
/// @param status of the answer when all is well
/// @param mayRefuse whether the answer may be 409: it is not possible as things are
public record Route(
    Method method,
    String path,
    Access access,
    String summary,
    List<Parameter> query,
    Optional<Class<? extends Record>> takes,
    boolean mayRefuse,
    Gives gives,
    int status,
    Action action) {

  public Route {
    query = List.copyOf(query);
  }

  /// What is done. Writes the answer itself.
  @FunctionalInterface
  public interface Action {
    void run(Call call) throws Exception;
  }

  /// What is done for a request without a body.
  @FunctionalInterface
  public interface Answering<T> {
    T answer(Call call) throws Exception;
  }

  /// What is done for a request with a body.
  @FunctionalInterface
  public interface AnsweringTo<B, T> {
    T answer(Call call, B body) throws Exception;
  }

  /// Begin a route that changes nothing.
  public static Sketch get(String path, Access access, String summary) {
    return new Sketch(Method.GET, path, access, summary, List.of(), false);
  }

  /// Begin a route that changes something.
  public static Sketch post(String path, Access access, String summary) {
    return new Sketch(Method.POST, path, access, summary, List.of(), false);
  }

  /// Begin a route of a contract that is not ours.
  static Sketch foreign(Method method, String path, String summary) {
    return new Sketch(method, path, Access.RUNNER, summary, List.of(), false);
  }

  /// The names of the parameters in the path.
  public List<String> pathParameters() {
    var names = new ArrayList<String>();
    for (var segment : path.split("/", -1)) {
      if (segment.startsWith("{")) {
        names.add(segment.substring(1, segment.length() - 1));
      }
    }
    return names;
  }

  /// Whether programs ask for it, and not people who look at a page.
  public boolean forPrograms() {
    return !(gives instanceof Gives.ForPeople);
  }

  /// Whether it is part of our own API.
  public boolean described() {
    return forPrograms() && !(gives instanceof Gives.Foreign);
  }

  /// A route of which it is not yet said what it gives.
  public record Sketch(
      Method method,
      String path,
      Access access,
      String summary,
      List<Parameter> query,
      boolean mayRefuse) {

    Sketch with(Parameter... parameters) {
      return new Sketch(method, path, access, summary, List.of(parameters), mayRefuse);
    }

    /// It may not be possible as things are: 409.
    Sketch orRefusing() {
      return new Sketch(method, path, access, summary, query, true);
    }

    <T extends Record> Giving<T> giving(Class<T> type) {
      return new Giving<>(this, new Gives.One(type), 200);
    }

    <T extends Record> Giving<Page<T>> givingPageOf(Class<T> type) {
      return new Giving<>(this, new Gives.PageOf(type), 200);
    }

    <B extends Record> Taking<B> taking(Class<B> type) {
      return new Taking<>(this, type);
    }

    Route streaming(Class<? extends Record> type, Action action) {
      return route(Optional.empty(), new Gives.Events(type), 200, action);
    }

    Route text(Action action) {
      return route(Optional.empty(), new Gives.Text(), 200, action);
    }

    /// Bytes, to be kept as a file; the action writes them.
    Route file(String mediaType, Action action) {
      return route(Optional.empty(), new Gives.File(mediaType), 200, action);
    }

    /// The action writes what that contract says.
    Route asAgreed(Action action) {
      return route(Optional.empty(), new Gives.Foreign(), 200, action);
    }

    Route json(Action action) {
      return route(Optional.empty(), new Gives.Json(), 200, action);
    }

    /// A page; the action writes it with [Call#html] or [Call#goTo].
    public Route page(Action action) {
      return route(Optional.empty(), new Gives.ForPeople(), 200, action);
    }

    private Route route(
        Optional<Class<? extends Record>> takes, Gives gives, int status, Action action) {
      return new Route(
          method, path, access, summary, query, takes, mayRefuse, gives, status, action);
    }
  }

  /// A route that takes no body and gives a record.
  record Giving<T>(Sketch sketch, Gives gives, int status) {
    Giving<T> as(int otherStatus) {
      return new Giving<>(sketch, gives, otherStatus);
    }

    Route by(Answering<T> what) {
      return sketch.route(
          Optional.empty(), gives, status, call -> call.json(status, what.answer(call)));
    }

    /// For what only changes together with an entry of the feed.
    Route by(KeptAnswers kept, Answering<T> what) {
      return sketch.route(
          Optional.empty(),
          gives,
          status,
          call ->
              call.jsonBytes(
                  status,
                  kept.answer(
                      call.question(), () -> Json.strict().writeValueAsBytes(what.answer(call)))));
    }
  }

  /// A route that takes a body.
  record Taking<B extends Record>(Sketch sketch, Class<B> takes) {
    <T extends Record> Exchanging<B, T> giving(Class<T> type) {
      return new Exchanging<>(this, new Gives.One(type), 200);
    }
  }

  /// A route that takes a body and gives a record.
  record Exchanging<B extends Record, T>(Taking<B> taking, Gives gives, int status) {
    Exchanging<B, T> as(int otherStatus) {
      return new Exchanging<>(taking, gives, otherStatus);
    }

    Route by(AnsweringTo<B, T> what) {
      return taking.sketch.route(
          Optional.of(taking.takes),
          gives,
          status,
          call -> call.json(status, what.answer(call, call.body(taking.takes))));
    }
  }
}
