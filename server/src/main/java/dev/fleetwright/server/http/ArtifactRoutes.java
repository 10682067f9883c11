package dev.fleetwright.server.http;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Job.Keeping;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.server.operations.ArtifactExpiry;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What jobs left behind: each file, and all as one zip file. Contents are checked against their
/// digests while they are sent; a download of damaged content breaks off.
final class ArtifactRoutes {

  private static final String ZIP = "application/zip";
  private static final String BYTES = "application/octet-stream";

  /// What a name may have in a header without being quoted.
  private static final Pattern ODD = Pattern.compile("[^A-Za-z0-9._-]");

  private static final Parameter PATH =
      Parameter.required("path", "string", "The file, as the job lists it.");

  private final Pipelines pipelines;
  private final Blobs blobs;
  private final ArtifactExpiry expiry;

  ArtifactRoutes(Pipelines pipelines, Blobs blobs, ArtifactExpiry expiry) {
    this.pipelines = pipelines;
    this.blobs = blobs;
    this.expiry = expiry;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
                "/api/v1/jobs/{job}/artifacts/archive",
                Access.SIGNED_IN,
                "All files that a job left, as a zip file with their links and modes.")
            .file(ZIP, this::archive),
        Route.get(
                "/api/v1/jobs/{job}/artifacts/file", Access.SIGNED_IN, "One file that a job left.")
            .with(PATH)
            .file(BYTES, this::file),
        Route.post(
                "/api/v1/jobs/{job}/artifacts/keep",
                Access.SIGNED_IN,
                "Keep the files that a job left until its pipeline is removed.")
            .orRefusing()
            .giving(dev.fleetwright.api.Job.class)
            .by(call ->
                PipelineWire.of(
                    Answers.done(expiry.keep(call.id("job"), call.actor())), Optional.empty())));
  }

  private Job job(Call call) {
    var id = call.id("job");
    var job = pipelines.job(id).orElseThrow(() -> Refusal.notFound("job " + id));
    if (job.leavesForJobsOnly()) {
      throw Refusal.forbidden(
          "the artifacts of job `" + job.spec().name() + "` are for other jobs only",
          "its `artifacts: access` is `none` in .gitlab-ci.yml; another value opens them");
    }
    if (job.keeping() instanceof Keeping.Dropped) {
      throw Refusal.notFound(
          "the artifacts of job %d, which were dropped when they expired,".formatted(id));
    }
    return job;
  }

  private void file(Call call) throws IOException {
    var job = job(call);
    var path = call.queryRequired("path");
    var file =
        job.artifacts().stream()
            .filter(e -> e.path().equals(path))
            .findFirst()
            .orElseThrow(() -> Refusal.notFound("artifact `" + path + "` of job " + job.id()));
    switch (file) {
      case TreeEntry.File(_, var digest, var size, _) -> {
        try (var content = blobs.open(digest)) {
          var response = attachment(call, BYTES, path.substring(path.lastIndexOf('/') + 1));
          response.setHeader("Content-Length", Long.toString(size));
          response.setHeader("ETag", "\"" + digest.hex() + "\"");
          if (!call.context().req().getMethod().equals("HEAD")) {
            content.transferTo(response.getOutputStream());
          }
        } catch (FileNotFoundException _) {
          throw gone(path, job);
        }
      }
      case TreeEntry.Link(_, var to) ->
          throw Refusal.notFound("`" + path + "` is a link to `" + to + "`; its own content");
    }
  }

  private void archive(Call call) throws IOException {
    var job = job(call);
    if (job.artifacts().isEmpty()) {
      throw Refusal.notFound("an artifact of job " + job.id());
    }
    // Before the first byte is sent, while it can still be said.
    for (var entry : job.artifacts()) {
      if (entry instanceof TreeEntry.File(var path, var digest, _, _) && !blobs.has(digest)) {
        throw gone(path, job);
      }
    }
    var response = attachment(call, ZIP, job.spec().name() + ".zip");
    if (call.context().req().getMethod().equals("HEAD")) {
      return;
    }
    ArtifactArchive.write(job.artifacts(), blobs, response.getOutputStream());
  }

  /// Never shown by a browser as a page of ours, whatever a job wrote.
  private static HttpServletResponse attachment(Call call, String mediaType, String name) {
    var response = call.context().res();
    response.setStatus(200);
    response.setContentType(mediaType);
    response.setHeader(
        "Content-Disposition",
        "attachment; filename=\"" + ODD.matcher(name).replaceAll("_") + "\"");
    return response;
  }

  private static Refusal gone(String path, Job job) {
    return Refusal.notFound(
        "the content of `%s` of job %d".formatted(path, job.id())
            + ", which was dropped when it expired,");
  }
}
