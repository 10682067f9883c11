package dev.fleetwright.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.Failures;
import dev.fleetwright.server.operations.JobTraces;
import dev.fleetwright.server.operations.JobTraces.Told;
import dev.fleetwright.server.operations.JobTraces.Took;
import dev.fleetwright.server.operations.JobUploads;
import dev.fleetwright.server.operations.JobUploads.Kept;
import dev.fleetwright.server.operations.RunnerWork;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What GitLab's runner asks with the token of a job that it has: it tells how the job goes, sends
/// what the job prints and leaves, and fetches what earlier jobs left (contract 2d.2).
///
/// The token counts for its own job and only as long as the job is with the runner. 403 means to
/// the runner that it is to drop the job.
final class RunnerJobRoutes {

  /// How often a runner sends what a job prints, in seconds. It speaks at least after ten times as
  /// long, which is how it is known to live.
  private static final String UPDATE_INTERVAL = "3";

  /// Runners send a megabyte at most.
  private static final int LARGEST_PART = 4 << 20;

  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})-(\\d{1,18})?");
  private static final Pattern CHECKSUM = Pattern.compile("crc32:([0-9a-fA-F]{8})");
  private static final int MOST_EXIT_CODE = 255;

  private final RunnerWork work;
  private final JobTraces traces;
  private final JobUploads uploads;
  private final Blobs blobs;
  private final Path incoming;
  private final Failures failures;

  /// @param incoming a folder for uploads while they come in
  RunnerJobRoutes(
      RunnerWork work,
      JobTraces traces,
      JobUploads uploads,
      Blobs blobs,
      Path incoming,
      Failures failures) {
    this.work = work;
    this.traces = traces;
    this.uploads = uploads;
    this.blobs = blobs;
    this.incoming = incoming;
    this.failures = failures;
  }

  List<Route> routes() {
    return List.of(
        Route.foreign(Method.PUT, "/api/v4/jobs/{job}", "Tell how a job goes.")
            .asAgreed(this::update),
        Route.foreign(Method.PATCH, "/api/v4/jobs/{job}/trace", "Send what a job prints.")
            .asAgreed(this::trace),
        Route.foreign(Method.POST, "/api/v4/jobs/{job}/artifacts", "Send what a job leaves.")
            .asAgreed(this::upload),
        Route.foreign(Method.GET, "/api/v4/jobs/{job}/artifacts", "Fetch what a job left.")
            .asAgreed(this::download));
  }

  /// A job and the token that was sent for it.
  private record Held(HandOut handOut, Secret token) {}

  /// The job that a token is of; when it is of none, that has been answered.
  private Optional<Held> held(Call call, String token) throws IOException {
    var handOut = token.isEmpty() ? Optional.<HandOut>empty() : work.job(token);
    if (handOut.isEmpty()) {
      drain(call);
      if (failures.tooMany(Doorkeeper.source(call.context()))) {
        throw Refusal.tooMany("too many failed attempts from your address", failures.window());
      }
      // So that a runner whose job was given up stops it.
      call.context().header("Job-Status", "canceled");
      RunnerRoutes.say(call, 403, "403 Forbidden");
    }
    return handOut.map(h -> new Held(h, Secret.of(token)));
  }

  /// The same for a request that is about that job itself.
  private Optional<Held> own(Call call, String token) throws IOException {
    var held = held(call, token);
    if (held.isPresent() && held.get().handOut().job() != call.id("job")) {
      drain(call);
      RunnerRoutes.say(call, 403, "403 Forbidden");
      return Optional.empty();
    }
    return held;
  }

  /// Read what was sent and is of no use, if it is not much: else the connection is closed, which
  /// may be before the answer has been read.
  private static void drain(Call call) throws IOException {
    var _ = call.context().req().getInputStream().skip(LARGEST_PART);
  }

  private static String token(Call call) {
    return call.header("JOB-TOKEN").orElse("");
  }

  private static void tell(Call call, HandOut handOut) {
    call.context()
        .header("Job-Status", handOut.cancelled() ? "canceling" : "running")
        .header("X-GitLab-Trace-Update-Interval", UPDATE_INTERVAL);
  }

  private void update(Call call) throws IOException {
    var body = RunnerRoutes.body(call);
    var inBody = RunnerRoutes.text(body, "token");
    var held = own(call, inBody.isEmpty() ? token(call) : inBody);
    if (held.isEmpty()) {
      return;
    }
    var handOut = held.get().handOut();
    tell(call, handOut);
    var state = RunnerRoutes.text(body, "state");
    switch (state) {
      case "running", "pending", "" -> {
        work.heard(handOut);
        RunnerRoutes.say(call, 200, "200 OK");
      }
      case "success" -> end(call, held.get(), body, new Ending.Succeeded());
      case "failed" -> {
        var said = RunnerRoutes.text(body, "failure_reason");
        var reason =
            said.isEmpty()
                ? "script_failure"
                : JobPayload.FAILURE_REASONS.contains(said) ? said : "unknown_failure";
        end(call, held.get(), body, failed(reason, body.path("exit_code").asInt(0)));
      }
      default -> RunnerRoutes.say(call, 400, "400 Bad request: the state `" + state + "`");
    }
  }

  /// Only of a script is there an exit code that the file may speak of.
  private static Ending failed(String reason, int exitCode) {
    if (!reason.equals("script_failure") || exitCode < 1) {
      return Ending.Failed.without(reason, message(reason));
    }
    return new Ending.Failed(Math.min(exitCode, MOST_EXIT_CODE), reason, "exit status " + exitCode);
  }

  private static String message(String reason) {
    return switch (reason) {
      case "script_failure" -> "the script failed";
      case "job_execution_timeout" -> "the job took longer than it may";
      case "image_pull_failure" -> "the runner could not pull the image";
      case "runner_unsupported" -> "the runner cannot run such a job";
      case "runner_interrupted" -> "the runner was stopped";
      default -> "the runner says: " + reason.replace('_', ' ');
    };
  }

  private void end(Call call, Held held, JsonNode body, Ending ending) throws IOException {
    var output = body.path("output");
    var said = output.path("checksum").asText(body.path("checksum").asText(""));
    var checksum = CHECKSUM.matcher(said);
    var told =
        traces.end(
            held.handOut(),
            held.token(),
            () -> work.secrets(held.handOut()),
            ending,
            Optional.of(output.path("bytesize").asLong(-1)).filter(s -> s >= 0),
            checksum.matches()
                ? Optional.of((int) Long.parseLong(checksum.group(1), 16))
                : Optional.empty());
    switch (told) {
      case Told.DONE -> RunnerRoutes.say(call, 200, "200 OK");
      case Told.INCOMPLETE -> RunnerRoutes.say(call, 412, "412 Precondition Failed");
      case Told.GONE -> RunnerRoutes.say(call, 403, "403 Forbidden");
    }
  }

  private void trace(Call call) throws IOException {
    var held = own(call, token(call));
    if (held.isEmpty()) {
      return;
    }
    var range = RANGE.matcher(call.header("Content-Range").orElse(""));
    if (!range.matches()) {
      RunnerRoutes.say(call, 400, "400 Missing header Content-Range");
      return;
    }
    var bytes = call.bytes(LARGEST_PART);
    var handOut = held.get().handOut();
    // Where it ends is reckoned from the body: old runners say one byte too many.
    var took =
        traces.append(
            handOut,
            held.get().token(),
            () -> work.secrets(handOut),
            Long.parseLong(range.group(1)),
            bytes);
    switch (took) {
      case Took.Taken(var size) -> placed(call, handOut, 202, size, "202 Accepted");
      case Took.Misplaced(var size) ->
          placed(call, handOut, 416, size, "416 Range Not Satisfiable");
      case Took.TooLong _ -> {
        call.context().header("Job-Status", "failed");
        RunnerRoutes.say(call, 403, "403 Forbidden: the log is too long");
      }
      case Took.Gone _ -> {
        call.context().header("Job-Status", "canceled");
        RunnerRoutes.say(call, 403, "403 Forbidden");
      }
    }
  }

  private static void placed(Call call, HandOut handOut, int status, long size, String message)
      throws IOException {
    tell(call, handOut);
    call.context().header("Range", "0-" + size);
    RunnerRoutes.say(call, status, message);
  }

  private void upload(Call call) throws IOException {
    var held = own(call, token(call));
    if (held.isEmpty()) {
      return;
    }
    var handOut = held.get().handOut();
    // The whole of a request is a little more than its one part.
    var most = uploads.most() + (1 << 20);
    if (call.context().req().getContentLengthLong() > most) {
      RunnerRoutes.say(call, 413, "413 Request Entity Too Large");
      return;
    }
    work.heard(handOut);
    var file = Files.createTempFile(incoming, "upload-", "");
    try {
      var part = part(call, most);
      if (part.isEmpty()) {
        return;
      }
      part.get().write(file.toAbsolutePath().toString());
      var kept =
          uploads.keep(
              handOut,
              call.query("artifact_type").orElse("archive"),
              call.query("artifact_format").orElse("zip"),
              Optional.ofNullable(part.get().getSubmittedFileName()).orElse("artifact"),
              file);
      switch (kept) {
        case Kept.Yes _ -> RunnerRoutes.say(call, 201, "201 Created");
        case Kept.TooLarge(var message) ->
            RunnerRoutes.say(call, 413, "413 Request Entity Too Large: " + message);
        case Kept.Refused(var message) ->
            RunnerRoutes.say(call, 400, "400 Bad request: " + message);
        case Kept.Gone _ -> RunnerRoutes.say(call, 403, "403 Forbidden");
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// The file that is uploaded; on the disk, whatever its size. When there is none, that has been
  /// answered.
  private Optional<Part> part(Call call, long most) throws IOException {
    var request = call.context().req();
    request.setAttribute(
        "org.eclipse.jetty.multipartConfig",
        new MultipartConfigElement(incoming.toString(), uploads.most(), most, 0));
    try {
      var part = request.getPart("file");
      if (part == null) {
        RunnerRoutes.say(call, 400, "400 Bad request: there is no part `file`");
      }
      return Optional.ofNullable(part);
    } catch (IllegalStateException | ServletException | IOException e) {
      if (isTooLarge(e)) {
        RunnerRoutes.say(call, 413, "413 Request Entity Too Large");
      } else if (e instanceof IOException broken) {
        throw broken;
      } else {
        RunnerRoutes.say(call, 400, "400 Bad request: this is no multipart/form-data");
      }
    }
    return Optional.empty();
  }

  /// Jetty says so by an [IllegalStateException], which it wraps now and then.
  private static boolean isTooLarge(Throwable e) {
    for (var cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalStateException) {
        return true;
      }
    }
    return false;
  }

  private void download(Call call) throws IOException {
    var token = token(call);
    if (token.isEmpty()) {
      RunnerRoutes.say(call, 401, "401 Unauthorized");
      return;
    }
    var held = held(call, token);
    if (held.isEmpty()) {
      return;
    }
    var source = work.source(held.get().handOut(), call.id("job"));
    if (source.isEmpty()) {
      RunnerRoutes.say(call, 403, "403 Forbidden");
      return;
    }
    var files = source.get().artifacts();
    if (!there(files)) {
      RunnerRoutes.say(call, 404, "404 Not Found");
      return;
    }
    work.heard(held.get().handOut());
    var response = call.context().res();
    response.setStatus(200);
    response.setContentType("application/zip");
    response.setHeader("Content-Disposition", "attachment; filename=\"artifacts.zip\"");
    ArtifactArchive.write(files, blobs, response.getOutputStream());
  }

  private boolean there(List<TreeEntry> files) {
    return files.stream()
        .allMatch(e -> !(e instanceof TreeEntry.File file) || blobs.has(file.digest()));
  }
}
