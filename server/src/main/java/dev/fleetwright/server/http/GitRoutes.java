package dev.fleetwright.server.http;

import dev.fleetwright.core.artifact.CountedInput;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.project.RepositoryServing;
import dev.fleetwright.core.project.RepositoryServing.Offer;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.server.auth.Failures;
import dev.fleetwright.server.operations.RunnerWork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/// A project's repository for `git fetch`, for jobs that are with runners: read-only, by the smart
/// protocol, with the job's token as the password of `gitlab-ci-token`.
///
/// A token opens the repository of its own job's project and no other; another one sounds as if it
/// were not there.
final class GitRoutes {

  private static final String USER = "gitlab-ci-token";
  private static final String BASIC = "Basic ";

  /// What a client wants and has; a clone of a project with ten thousand branches sends half a
  /// megabyte.
  private static final long LARGEST = 16L << 20;

  private static final int LONGEST_HEADER = 1_000;

  private final RunnerWork work;
  private final Projects projects;
  private final Repositories repositories;
  private final RepositoryServing serving;
  private final Failures failures;

  GitRoutes(
      RunnerWork work,
      Projects projects,
      Repositories repositories,
      RepositoryServing serving,
      Failures failures) {
    this.work = work;
    this.projects = projects;
    this.repositories = repositories;
    this.serving = serving;
    this.failures = failures;
  }

  List<Route> routes() {
    return List.of(
        Route.foreign(Method.GET, "/git/{repository}/info/refs", "What can be fetched.")
            .asAgreed(this::advertise),
        Route.foreign(Method.POST, "/git/{repository}/git-upload-pack", "What is fetched.")
            .asAgreed(this::send));
  }

  private void advertise(Call call) throws IOException {
    var offer = offer(call);
    if (offer.isEmpty()) {
      return;
    }
    var service = call.query("service").orElse("");
    if (!service.equals("git-upload-pack")) {
      plain(call, 403, "this repository can be fetched by the smart protocol, and nothing else");
      return;
    }
    var response = call.context().res();
    response.setStatus(200);
    response.setContentType("application/x-git-upload-pack-advertisement");
    serving.advertise(offer.get(), protocol(call), response.getOutputStream());
  }

  private void send(Call call) throws IOException {
    var offer = offer(call);
    if (offer.isEmpty()) {
      return;
    }
    if (call.header("Content-Type")
        .filter("application/x-git-upload-pack-request"::equals)
        .isEmpty()) {
      plain(call, 415, "this is no request of git");
      return;
    }
    var response = call.context().res();
    response.setStatus(200);
    response.setContentType("application/x-git-upload-pack-result");
    try (var in = body(call)) {
      serving.send(offer.get(), protocol(call), in, response.getOutputStream());
    }
  }

  /// What whoever asks may fetch; when that is nothing, it has been answered.
  private Optional<Offer> offer(Call call) throws IOException {
    var token = token(call);
    if (token.isEmpty()) {
      // Git asks without a password first.
      unauthorized(call);
      return Optional.empty();
    }
    var handOut = work.job(token.get());
    if (handOut.isEmpty()) {
      if (failures.tooMany(Doorkeeper.source(call.context()))) {
        throw Refusal.tooMany("too many failed attempts from your address", failures.window());
      }
      unauthorized(call);
      return Optional.empty();
    }
    var project = handOut.get().wish().project();
    if (!call.path("repository").equals(project + ".git")) {
      plain(call, 404, "there is no such repository for this job");
      return Optional.empty();
    }
    return Optional.of(offer(handOut.get()));
  }

  private Offer offer(HandOut handOut) throws IOException {
    var pipeline = work.pipeline(handOut);
    var project = pipeline.project();
    // Another server may have fetched it, and this one not yet.
    if (repositories.references(project).isEmpty()
        || repositories.commit(project, pipeline.sha()).isEmpty()) {
      var _ = repositories.fetch(project, projects.find(project).orElseThrow().repository());
    }
    return new Offer(project, pipeline.sha(), JobPayload.pipelineRef(pipeline.id()));
  }

  private static Optional<String> token(Call call) {
    return call.header("Authorization")
        .filter(h -> h.length() <= LONGEST_HEADER)
        .filter(h -> h.regionMatches(true, 0, BASIC, 0, BASIC.length()))
        .flatMap(h -> decoded(h.substring(BASIC.length()).strip()))
        .filter(c -> c.startsWith(USER + ":"))
        .map(c -> c.substring(USER.length() + 1));
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String protocol(Call call) {
    return call.header("Git-Protocol").filter(p -> p.length() <= LONGEST_HEADER).orElse("");
  }

  private static void unauthorized(Call call) {
    call.context().header("WWW-Authenticate", "Basic realm=\"fleetwright\"");
    plain(call, 401, "this needs the token of a job that is with a runner");
  }

  /// Git shows such a text to its user.
  private static void plain(Call call, int status, String message) {
    call.context().status(status).contentType("text/plain; charset=utf-8").result(message + "\n");
  }

  /// The request, unpacked, and no more of it than is honest.
  private static InputStream body(Call call) throws IOException {
    var raw = bounded(call.context().req().getInputStream());
    var encoding = call.header("Content-Encoding").orElse("");
    return switch (encoding) {
      case "" -> raw;
      case "gzip", "x-gzip" -> bounded(new GZIPInputStream(raw));
      default -> throw Refusal.mediaType("application/x-git-upload-pack-request");
    };
  }

  /// Ends where there is too much.
  private static InputStream bounded(InputStream in) {
    var read = new AtomicLong();
    return new CountedInput(
        in,
        more -> {
          if (read.addAndGet(more) > LARGEST) {
            throw new IOException("a git client asks for too much in one request");
          }
        });
  }
}
