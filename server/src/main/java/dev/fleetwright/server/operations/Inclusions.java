package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.RemoteFiles;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.source.SourceTree;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where pipelines of this server include files from besides their own commit: mirrors of this
/// server, hosts that its operator allowed, and artifacts of the jobs before.
final class Inclusions {

  /// As large as a file of a pipeline may be.
  private static final int LARGEST = 2 << 20;

  /// Where GitLab's own templates are in its repository.
  private static final String TEMPLATES = "lib/gitlab/ci/templates/";

  private static final List<String> GITLAB = List.of("gitlab-org/gitlab", "gitlabhq/gitlabhq");
  private static final Pattern VERSION =
      Pattern.compile("v?(\\d{1,9})(?:\\.(\\d{1,9}))?(?:\\.(\\d{1,9}))?");
  private static final String TAG = "refs/tags/";

  private final Projects projects;
  private final Repositories repositories;
  private final RemoteFiles remote;
  private final Blobs blobs;
  private final String publicHost;

  /// @param publicUrl where people reach this server
  Inclusions(
      Projects projects,
      Repositories repositories,
      RemoteFiles remote,
      Blobs blobs,
      String publicUrl) {
    this.projects = projects;
    this.repositories = repositories;
    this.remote = remote;
    this.blobs = blobs;
    this.publicHost = String.valueOf(URI.create(publicUrl).getRawAuthority());
  }

  /// For one pipeline; branches are fixed to commits as they are first asked for.
  Elsewhere forOne() {
    return new Looking(List.of());
  }

  /// For a child pipeline.
  ///
  /// @param jobs of the pipeline that starts it
  Elsewhere forChild(List<Job> jobs) {
    return new Looking(jobs);
  }

  /// A project by its name here, or by the path of the repository that it mirrors.
  ///
  /// @param path such as `lib` or `group/lib`
  Elsewhere.Answer<Project> project(String path) {
    var named =
        ProjectName.valid(path) ? projects.find(new ProjectName(path)) : Optional.<Project>empty();
    if (named.isPresent()) {
      return new Elsewhere.Answer.Found<>(named.get());
    }
    var mirrors =
        projects.all().stream().filter(p -> address(p).endsWith("/" + lower(path))).toList();
    return switch (mirrors.size()) {
      case 0 ->
          new Elsewhere.Answer.No<>(
              "no project of this server is called `%s` or mirrors a repository of that path; add it with `fleetwright project add`"
                  .formatted(path));
      case 1 -> new Elsewhere.Answer.Found<>(mirrors.getFirst());
      default ->
          new Elsewhere.Answer.No<>(
              "%d projects of this server mirror a repository of the path `%s`; name one as it is called here: %s"
                  .formatted(
                      mirrors.size(),
                      path,
                      String.join(", ", mirrors.stream().map(p -> p.name().value()).toList())));
    };
  }

  /// `https://host/group/lib.git` and `git@host:group/lib.git` as `…host/group/lib`.
  private static String address(Project project) {
    var text = lower(project.repository()).replaceFirst("(?<=[^/]):(?=[^/0-9])", "/");
    text = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    return text.endsWith(".git") ? text.substring(0, text.length() - 4) : text;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// One reading of a pipeline.
  private final class Looking implements Elsewhere {
    private final List<Job> jobs;
    private final Map<String, Answer<Commit>> commits = new HashMap<>();
    private final Map<String, Answer<String>> files = new HashMap<>();

    Looking(List<Job> jobs) {
      this.jobs = jobs;
    }

    @Override
    public Answer<Commit> project(String path, Optional<String> ref) {
      return commits.computeIfAbsent(
          path + "@" + ref.orElse(""),
          _ ->
              switch (Inclusions.this.project(path)) {
                case Answer.Found<Project>(var project) ->
                    commit(project, ref.orElse(project.defaultBranch()));
                case Answer.No<Project>(var reason) -> new Answer.No<>(reason);
                case Answer.NotLooked<Project> _ -> new Answer.NotLooked<>();
              });
    }

    private Answer<Commit> commit(Project project, String ref) {
      try {
        return repositories
            .resolve(project.name(), ref)
            .<Answer<Commit>>map(sha -> new Answer.Found<>(commit(project, sha)))
            .orElseGet(() ->
                new Answer.No<>(
                    "there is no branch, tag or commit `%s` in %s".formatted(ref, project.name())));
      } catch (IOException e) {
        return new Answer.No<>("the mirror of %s cannot be read".formatted(project.name()));
      }
    }

    private Commit commit(Project project, CommitSha sha) {
      return new Commit(
          new MirrorTree(repositories, project.name(), sha), project.name().value(), sha.value());
    }

    @Override
    public Answer<Commit> component(String host, String path, String version) {
      return commits.computeIfAbsent(
          host + "/" + path + "@" + version,
          _ ->
              switch (Inclusions.this.project(path)) {
                case Answer.Found<Project>(var project) -> component(host, project, version);
                case Answer.No<Project>(var reason) -> new Answer.No<>(reason);
                case Answer.NotLooked<Project> _ -> new Answer.NotLooked<>();
              });
    }

    private Answer<Commit> component(String host, Project project, String version) {
      var address = address(project);
      var its =
          address.contains("//" + lower(host) + "/") || address.contains("@" + lower(host) + "/");
      if (!its && !lower(host).equals(lower(publicHost))) {
        return new Answer.No<>("%s mirrors no repository of %s".formatted(project.name(), host));
      }
      try {
        var tags = repositories.references(project.name()).keySet();
        return version(version, tags.stream().filter(t -> t.startsWith(TAG)).toList())
            .map(tag -> commit(project, tag))
            .orElseGet(() ->
                version.equals("~latest")
                    ? new Answer.No<>("%s has no version tag".formatted(project.name()))
                    : commit(project, version));
      } catch (IOException e) {
        return new Answer.No<>("the mirror of %s cannot be read".formatted(project.name()));
      }
    }

    @Override
    public Answer<String> remote(String url, Optional<String> integrity) {
      return files.computeIfAbsent(url + " " + integrity.orElse(""), _ -> fetched(url, integrity));
    }

    /// What must have a certain digest is fetched once in the life of this server, so a pipeline of
    /// yesterday still runs when the other host is gone.
    private Answer<String> fetched(String url, Optional<String> integrity) {
      var wanted = integrity.flatMap(Inclusions::digest);
      try {
        if (wanted.isPresent() && blobs.has(wanted.get())) {
          return text(blobs.read(wanted.get()));
        }
        return switch (remote.fetch(new URI(url), LARGEST)) {
          case RemoteFiles.Fetched.Content(var text) -> {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            if (wanted.isPresent() && wanted.get().equals(Digest.of(bytes))) {
              var _ = blobs.put(bytes);
            }
            yield new Answer.Found<>(text);
          }
          case RemoteFiles.Fetched.No(var reason) -> new Answer.No<>(reason);
        };
      } catch (java.net.URISyntaxException _) {
        return new Answer.No<>("it is no address");
      } catch (IOException e) {
        return new Answer.No<>("what was kept of it cannot be read: " + e.getMessage());
      }
    }

    @Override
    public Answer<String> template(String name) {
      for (var path : GITLAB) {
        if (project(path, Optional.empty()) instanceof Answer.Found<Commit>(var commit)) {
          return switch (commit.tree().read(TEMPLATES + name, LARGEST)) {
            case SourceTree.Content.Text(var text) -> new Answer.Found<>(text);
            case SourceTree.Content.Missing _ ->
                new Answer.No<>("%s has no template of that name".formatted(path));
            case SourceTree.Content.Refused(var reason) -> new Answer.No<>("the file " + reason);
          };
        }
      }
      return new Answer.No<>(
          "GitLab's templates are read from a mirror of its repository, and no project of this server mirrors gitlab-org/gitlab; add it, or copy the template into this repository");
    }

    @Override
    public Answer<String> artifact(String job, String path) {
      if (jobs.isEmpty()) {
        return new Answer.No<>("only a child pipeline can include an artifact");
      }
      var made =
          jobs.stream().filter(j -> j.spec().name().equals(job)).findFirst().stream()
              .flatMap(j -> j.artifacts().stream())
              .filter(TreeEntry.File.class::isInstance)
              .map(TreeEntry.File.class::cast)
              .filter(f -> f.path().equals(path))
              .findFirst();
      if (made.isEmpty()) {
        return new Answer.No<>("job `%s` left no artifact `%s`".formatted(job, path));
      } else if (made.get().size() > LARGEST) {
        return new Answer.No<>("it is larger than %d bytes".formatted(LARGEST));
      }
      try {
        return text(blobs.read(made.get().digest()));
      } catch (IOException e) {
        return new Answer.No<>("the artifact cannot be read: " + e.getMessage());
      }
    }

    private static Answer<String> text(byte[] bytes) {
      try {
        return new Answer.Found<>(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException _) {
        return new Answer.No<>("it is not UTF-8");
      }
    }
  }

  /// `sha256-` and base64, as browsers have it (Subresource Integrity).
  private static Optional<Digest> digest(String integrity) {
    try {
      var bytes = Base64.getDecoder().decode(integrity.substring("sha256-".length()));
      return Optional.of(new Digest(HexFormat.of().formatHex(bytes)));
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException _) {
      return Optional.empty();
    }
  }

  /// The tag that a part of a version means: the newest that begins with it
  /// (https://docs.gitlab.com/ci/components/#component-versions).
  ///
  /// @param tags by full name
  private static Optional<String> version(String wanted, List<String> tags) {
    if (tags.contains(TAG + wanted)) {
      return Optional.of(TAG + wanted);
    }
    var parts = wanted.equals("~latest") ? Optional.of(List.<Integer>of()) : numbers(wanted);
    return parts.flatMap(prefix ->
        tags.stream()
            .filter(tag ->
                numbers(tag.substring(TAG.length()))
                    .filter(n -> n.size() == 3 && n.subList(0, prefix.size()).equals(prefix))
                    .isPresent())
            .max(
                Comparator.comparing(
                    tag -> numbers(tag.substring(TAG.length())).orElseThrow(),
                    Comparator.<List<Integer>>comparingInt(n -> n.get(0))
                        .thenComparingInt(n -> n.get(1))
                        .thenComparingInt(n -> n.get(2)))));
  }

  private static Optional<List<Integer>> numbers(String version) {
    var match = VERSION.matcher(version);
    return match.matches()
        ? Optional.of(
            java.util.stream.IntStream.rangeClosed(1, 3)
                .mapToObj(match::group)
                .filter(g -> g != null)
                .map(Integer::valueOf)
                .toList())
        : Optional.empty();
  }
}
