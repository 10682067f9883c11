package dev.fleetwright.server.http;

import dev.fleetwright.api.Json;
import dev.fleetwright.api.Page;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.server.auth.Caller;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// One request and its answer.
///
/// What cannot be understood ends the request with a sentence that says what to send instead; what
/// cannot be a name of anything ends it as not found.
public final class Call {

  static final int LARGEST_BODY = 4 << 20;

  private static final int LARGEST_FORM = 64 << 10;
  private static final int MOST_PER_PAGE = 100;
  private static final int PER_PAGE = 50;
  private static final int FARTHEST_PAGE = 1_000_000;

  private final Context context;
  private final Optional<Caller> caller;

  Call(Context context, Optional<Caller> caller) {
    this.context = context;
    this.caller = caller;
  }

  /// The request as Javalin sees it, for what this class does not have.
  public Context context() {
    return context;
  }

  /// Who is calling. Only in routes for those who are signed in.
  public Caller caller() {
    return caller.orElseThrow(
        () -> new IllegalStateException("asked who calls in a route that is open"));
  }

  /// Who is calling, as it is recorded.
  public Actor actor() {
    return caller().actor();
  }

  /// The request's name in the log.
  public String id() {
    return RequestId.of(context);
  }

  /// A parameter of the path, decoded.
  public String path(String name) {
    return context.pathParam(name);
  }

  /// A parameter of the path that is an id.
  public long id(String name) {
    var text = path(name);
    var id = number(text);
    if (id.isEmpty() || id.getAsLong() < 1) {
      throw Refusal.notFound(name + " `" + text + "`");
    }
    return id.getAsLong();
  }

  /// The path parameter `project`.
  public ProjectName projectName() {
    return projectName(path("project"));
  }

  /// The path parameter `environment`.
  public EnvironmentName environmentName() {
    return environmentName(path("environment"));
  }

  static ProjectName projectName(String text) {
    if (!ProjectName.valid(text)) {
      throw Refusal.notFound("project `" + text + "`");
    }
    return new ProjectName(text);
  }

  static EnvironmentName environmentName(String text) {
    if (!EnvironmentName.valid(text)) {
      throw Refusal.notFound("environment `" + text + "`");
    }
    return new EnvironmentName(text);
  }

  /// A parameter of the query; empty when it is not given or blank.
  public Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(v -> !v.isBlank());
  }

  /// A parameter of the query that must be there.
  public String queryRequired(String name) {
    return query(name)
        .orElseThrow(() ->
            Refusal.malformed("the parameter `" + name + "` is missing", "add `?" + name + "=…`"));
  }

  /// A parameter of the query that is a whole number, not below zero.
  public OptionalLong queryNumber(String name) {
    var text = query(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    var value = number(text.get());
    if (value.isEmpty()) {
      throw Refusal.malformed(
          "the parameter `" + name + "` is no whole number",
          "write it as digits, such as `?" + name + "=1`");
    }
    return value;
  }

  /// Which part of a list is asked for, from 1.
  public int page() {
    return Math.toIntExact(Math.clamp(queryNumber("page").orElse(1), 1, FARTHEST_PAGE));
  }

  /// How long a part is.
  public int perPage() {
    return Math.toIntExact(Math.clamp(queryNumber("per_page").orElse(PER_PAGE), 1, MOST_PER_PAGE));
  }

  /// Reads a part of a list.
  @FunctionalInterface
  public interface Part<T> {
    /// @param most how many
    /// @param skip how many before
    List<T> read(int most, int skip);
  }

  /// Answer the part of a list that is asked for. One more than a page is read, to know whether
  /// there are more.
  public <T> Page<T> paged(Instant asOf, Part<T> list) {
    var page = page();
    var perPage = perPage();
    var read = list.read(perPage + 1, (page - 1) * perPage);
    var more = read.size() > perPage;
    return new Page<>(
        more ? List.copyOf(read.subList(0, perPage)) : read, "record", asOf, page, perPage, more);
  }

  /// Answer a whole list at once.
  public <T> Page<T> whole(Instant asOf, String source, List<T> list) {
    return new Page<>(list, source, asOf, 1, list.size(), false);
  }

  /// A header of the request.
  public Optional<String> header(String name) {
    return Optional.ofNullable(context.req().getHeader(name));
  }

  /// The bytes of the body.
  ///
  /// @param most refused when there are more; no more than this is read
  public byte[] bytes(int most) throws IOException {
    if (header("Content-Encoding").isPresent()) {
      throw Refusal.mediaType("application/json");
    } else if (context.req().getContentLengthLong() > most) {
      throw Refusal.tooLarge(most);
    }
    var bytes = context.req().getInputStream().readNBytes(most + 1);
    if (bytes.length > most) {
      throw Refusal.tooLarge(most);
    }
    return bytes;
  }

  /// The body as a record. An empty body is an empty object, which some clients send.
  public <B extends Record> B body(Class<B> type) throws IOException {
    var bytes = bytes(LARGEST_BODY);
    if (bytes.length == 0) {
      bytes = "{}".getBytes(StandardCharsets.UTF_8);
    } else if (!saysJson()) {
      throw Refusal.mediaType("application/json");
    }
    return RequestBody.read(bytes, type);
  }

  /// The fields of a form, as browsers send them.
  public Map<String, String> form() throws IOException {
    if (!says("application/x-www-form-urlencoded")) {
      throw Refusal.mediaType("application/x-www-form-urlencoded");
    }
    var fields = new TreeMap<String, String>();
    var text = new String(bytes(LARGEST_FORM), StandardCharsets.UTF_8);
    for (var pair : text.split("&", -1)) {
      var parts = pair.split("=", 2);
      if (parts.length == 2 && fields.put(decoded(parts[0]), decoded(parts[1])) != null) {
        throw Refusal.malformed("a field of the form is there twice", "send each field once");
      }
    }
    return fields;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.malformed(
          "the form is not encoded as it should be", "encode it as a browser does");
    }
  }

  private boolean saysJson() {
    return says("application/json");
  }

  private boolean says(String type) {
    return header("Content-Type")
        .map(t -> t.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .filter(type::equals)
        .isPresent();
  }

  /// Answer with a record.
  public void json(int status, Object body) throws IOException {
    jsonBytes(status, Json.strict().writeValueAsBytes(body));
  }

  /// Not compressed: an answer may hold a secret beside what its caller chose (BREACH).
  void jsonBytes(int status, byte[] body) throws IOException {
    var response = context.res();
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    if (!context.req().getMethod().equals("HEAD")) {
      response.getOutputStream().write(body);
    }
  }

  /// What is asked: the path and its query, as they came.
  String question() {
    var query = context.queryString();
    return context.req().getRequestURI() + (query == null ? "" : "?" + query);
  }

  /// Answer with a page for people.
  public void html(int status, String page) {
    context.status(status).contentType("text/html; charset=utf-8").result(page);
  }

  /// Answer with a file that never changes: another content has another path.
  public void fileForEver(String contentType, byte[] content) {
    context
        .status(200)
        .header("Cache-Control", "public, max-age=31536000, immutable")
        .contentType(contentType)
        .result(content);
  }

  /// Send the browser to another page of this server, to be read there.
  ///
  /// @param path of this server, beginning with one `/`
  public void goTo(String path) {
    context.status(303).header("Location", LocalPath.or(path, "/")).result("");
  }

  private static OptionalLong number(String text) {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
