package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.variable.Variable;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// The `CI_…` variables that are known when a pipeline is made (contract 2a.7).
///
/// What is known only later is not here: ids and URLs of the pipeline ([#ofRun]), and what belongs
/// to one job, which the executor adds. Rules see what is here and not what comes later.
public final class PredefinedVariables {
  private static final int LONGEST_SLUG = 63;
  private static final String NO_COMMIT = "0".repeat(40);

  private PredefinedVariables() {}

  public static SortedMap<String, Variable> of(PipelineContext context) {
    var all = new TreeMap<String, Variable>();
    new Writer(all).write(context);
    return all;
  }

  /// What is known once the run is stored.
  ///
  /// @param number counts the project's pipelines
  public static SortedMap<String, Variable> ofRun(
      long id, long number, String url, String createdAt, String name) {
    var all = new TreeMap<String, Variable>();
    var writer = new Writer(all);
    writer.put("CI_PIPELINE_ID", id);
    writer.put("CI_PIPELINE_IID", number);
    writer.put("CI_PIPELINE_URL", url);
    writer.put("CI_PIPELINE_CREATED_AT", createdAt);
    writer.put("CI_PIPELINE_NAME", name);
    return all;
  }

  /// `CI_COMMIT_REF_SLUG` and its like: lower case, everything but letters and digits as `-`, at
  /// most 63 bytes, no `-` at the ends.
  public static String slug(String text) {
    var dashed = new StringBuilder(text.toLowerCase(Locale.ROOT));
    for (var i = 0; i < dashed.length(); i++) {
      var c = dashed.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
        dashed.setCharAt(i, '-');
      }
    }
    var cut = dashed.substring(0, Math.min(dashed.length(), LONGEST_SLUG));
    var from = 0;
    var to = cut.length();
    while (from < to && cut.charAt(from) == '-') {
      from++;
    }
    while (to > from && cut.charAt(to - 1) == '-') {
      to--;
    }
    return cut.substring(from, to);
  }

  static void put(SortedMap<String, Variable> all, String name, Object value) {
    // What was put in by a person who pushed is text, never a reference to another variable.
    all.put(name, new Variable(name, String.valueOf(value), true, false));
  }

  private record Writer(SortedMap<String, Variable> all) {
    void put(String name, Object value) {
      PredefinedVariables.put(all, name, value);
    }

    void write(PipelineContext context) {
      put("CI", true);
      put("GITLAB_CI", true);
      put("FLEETWRIGHT", true);
      server(context.server());
      repository(context);
      commit(context);
      put("CI_PIPELINE_SOURCE", context.source().keyword());
      if (context.source() == PipelineContext.Source.TRIGGER) {
        put("CI_PIPELINE_TRIGGERED", true);
      }
      put("GITLAB_USER_ID", context.person().id());
      put("GITLAB_USER_LOGIN", context.person().login());
      put("GITLAB_USER_NAME", context.person().name());
      put("GITLAB_USER_EMAIL", context.person().email());
    }

    private void server(PipelineContext.Server server) {
      var url = URI.create(server.url());
      var secure = "https".equals(url.getScheme());
      var port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
      var host = url.getHost() == null ? "localhost" : url.getHost();
      var usual = port == (secure ? 443 : 80);
      put("CI_SERVER", "yes");
      put("CI_SERVER_URL", server.url());
      put("CI_SERVER_HOST", host);
      put("CI_SERVER_PORT", port);
      put("CI_SERVER_PROTOCOL", secure ? "https" : "http");
      put("CI_SERVER_FQDN", usual ? host : host + ":" + port);
      put("CI_SERVER_NAME", "Fleetwright");
      put("CI_SERVER_VERSION", server.version());
      var parts = Arrays.asList(server.version().split("[.-]", -1));
      put("CI_SERVER_VERSION_MAJOR", parts.getFirst());
      put("CI_SERVER_VERSION_MINOR", parts.size() > 1 ? parts.get(1) : "0");
      put("CI_SERVER_VERSION_PATCH", parts.size() > 2 ? parts.get(2) : "0");
      put("CI_SERVER_REVISION", "");
      put("CI_API_V4_URL", server.url() + "/api/v4");
    }

    private void repository(PipelineContext context) {
      var repository = context.repository();
      var path = repository.path();
      var slash = path.lastIndexOf('/');
      var name = path.substring(slash + 1);
      var namespace = slash < 0 ? "" : path.substring(0, slash);
      var root = namespace.indexOf('/');
      put("CI_PROJECT_ID", repository.id());
      put("CI_PROJECT_NAME", name);
      put("CI_PROJECT_TITLE", name);
      put("CI_PROJECT_PATH", path);
      put("CI_PROJECT_PATH_SLUG", slug(path));
      put("CI_PROJECT_NAMESPACE", namespace);
      put("CI_PROJECT_ROOT_NAMESPACE", root < 0 ? namespace : namespace.substring(0, root));
      put("CI_PROJECT_URL", repository.url());
      put("CI_PROJECT_VISIBILITY", "private");
      put("CI_PROJECT_DESCRIPTION", repository.description());
      put("CI_PROJECT_REPOSITORY_LANGUAGES", "");
      put("CI_DEFAULT_BRANCH", repository.defaultBranch());
      put("CI_CONFIG_PATH", ".gitlab-ci.yml");
    }

    private void commit(PipelineContext context) {
      var commit = context.commit();
      var sha = commit.sha().value();
      put("CI_COMMIT_SHA", sha);
      put("CI_COMMIT_SHORT_SHA", sha.substring(0, 8));
      put("CI_COMMIT_BEFORE_SHA", commit.before().map(Object::toString).orElse(NO_COMMIT));
      put("CI_COMMIT_REF_NAME", commit.ref());
      put("CI_COMMIT_REF_SLUG", slug(commit.ref()));
      put("CI_COMMIT_REF_PROTECTED", commit.refProtected());
      put("CI_COMMIT_TITLE", commit.title());
      put("CI_COMMIT_MESSAGE", commit.message());
      put("CI_COMMIT_DESCRIPTION", description(commit.message()));
      put("CI_COMMIT_AUTHOR", commit.author());
      put("CI_COMMIT_TIMESTAMP", commit.at());
      if (commit.tag()) {
        put("CI_COMMIT_TAG", commit.ref());
        put("CI_COMMIT_TAG_MESSAGE", commit.tagMessage());
      } else if (context.source() != PipelineContext.Source.MERGE_REQUEST_EVENT) {
        put("CI_COMMIT_BRANCH", commit.ref());
      }
    }

    /// The message without its title; GitLab gives the whole message when the title is over 100
    /// characters.
    private static String description(String message) {
      var end = message.indexOf('\n');
      return end < 0 ? "" : end > 100 ? message : message.substring(end + 1).strip();
    }
  }
}
