package dev.fleetwright.core.pipeline;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is put around a job's script before it starts. Texts may still hold `$NAME` of variables
/// that only the runner knows.
///
/// @param image the container that the script runs in; empty for the host
/// @param services containers beside it, in order
/// @param caches in order; each is restored before and saved after the script
/// @param beforeSources `hooks: pre_get_sources_script`, run before the sources are fetched
/// @param idTokens audiences by the name of the variable that gets the token; never empty lists
/// @param secrets by the name of the variable that gets the value or the path
/// @param foreign artifacts of jobs of other pipelines that are put into the work tree
public record Workplace(
    Optional<Image> image,
    List<Service> services,
    List<Cache> caches,
    List<String> beforeSources,
    SortedMap<String, List<String>> idTokens,
    SortedMap<String, SecretRequest> secrets,
    List<Foreign> foreign) {

  /// The host as it is.
  public static final Workplace BARE =
      new Workplace(
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          Collections.emptySortedMap(),
          Collections.emptySortedMap(),
          List.of());

  public Workplace {
    services = List.copyOf(services);
    caches = List.copyOf(caches);
    beforeSources = List.copyOf(beforeSources);
    idTokens = Collections.unmodifiableSortedMap(new TreeMap<>(idTokens));
    secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
    foreign = List.copyOf(foreign);
  }

  /// A container's image and how it is fetched and started.
  ///
  /// @param entrypoint instead of the image's own; empty for that
  /// @param pullPolicies tried in order; empty for the runner's default
  /// @param platform such as `linux/arm64/v8`
  /// @param user that the container runs as
  /// @param kubernetesUser the same for Kubernetes executors, a number or `number:number`
  public record Image(
      String name,
      List<String> entrypoint,
      List<PullPolicy> pullPolicies,
      Optional<String> platform,
      Optional<String> user,
      Optional<String> kubernetesUser) {
    public Image {
      entrypoint = List.copyOf(entrypoint);
      pullPolicies = List.copyOf(pullPolicies);
    }

    /// Only its name is given.
    public static Image named(String name) {
      return new Image(
          name, List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /// When an image is fetched.
  public enum PullPolicy {
    ALWAYS,
    NEVER,
    IF_NOT_PRESENT
  }

  /// A container that runs beside the job, such as a database.
  ///
  /// @param aliases as written; see [#hostNames]
  /// @param command arguments instead of the image's own; empty for those
  public record Service(
      Image image,
      List<String> aliases,
      List<String> command,
      SortedMap<String, String> variables) {
    public Service {
      aliases = List.copyOf(aliases);
      command = List.copyOf(command);
      variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    }

    /// Names under which the job reaches it: the two that come from the image, with `/` as `__` and
    /// as `-`, then its aliases (contract 2a.10).
    public SequencedSet<String> hostNames() {
      var bare = image.name();
      var digest = bare.indexOf('@');
      bare = digest < 0 ? bare : bare.substring(0, digest);
      var tag = bare.lastIndexOf(':');
      bare = tag > bare.lastIndexOf('/') ? bare.substring(0, tag) : bare;
      // A registry's port is no part of a host name.
      bare = bare.replaceFirst("^([^/:]+):\\d+/", "$1/");
      var names = new LinkedHashSet<String>();
      names.add(bare.replace("/", "__"));
      names.add(bare.replace("/", "-"));
      names.addAll(aliases);
      return names;
    }
  }

  /// Files that one run leaves for the next.
  ///
  /// @param paths globs relative to the work tree
  /// @param unprotect whether protected and other branches share it
  /// @param fallbackKeys looked up in order when there is nothing under the key
  public record Cache(
      Key key,
      List<String> paths,
      boolean untracked,
      boolean unprotect,
      Policy policy,
      JobSpec.ArtifactSpec.Keep when,
      List<String> fallbackKeys) {
    public Cache {
      paths = List.copyOf(paths);
      fallbackKeys = List.copyOf(fallbackKeys);
    }

    /// Under what the files are kept.
    public sealed interface Key {
      /// @param text `default` if nothing is written
      record Fixed(String text) implements Key {}

      /// Changes when one of the files does.
      ///
      /// @param commits whether the last commits that changed the files count, and not their
      ///   content
      /// @param prefix put before it with a `-`
      record OfFiles(List<String> files, boolean commits, Optional<String> prefix) implements Key {
        public OfFiles {
          files = List.copyOf(files);
        }
      }
    }

    /// What the job does with the cache.
    public enum Policy {
      PULL_PUSH,
      PULL,
      PUSH
    }
  }

  /// A secret that is fetched when the job starts.
  ///
  /// @param file whether the variable holds the path of a file with the value, and not the value
  /// @param token the variable with the id token to log in with, such as `$VAULT_TOKEN`
  public record SecretRequest(Provider provider, boolean file, Optional<String> token) {

    /// Where it is kept.
    public sealed interface Provider {
      /// @param engine such as `kv-v2`
      /// @param mount where the engine is mounted
      record Vault(String engine, String mount, String path, String field) implements Provider {}

      /// @param kind GitLab's keyword, such as `azure_key_vault`
      /// @param settings as written
      record Other(String kind, SortedMap<String, String> settings) implements Provider {
        public Other {
          settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }
      }
    }
  }

  /// A need of a job in another pipeline.
  public sealed interface Foreign {
    /// The newest successful run of a job on a ref of a project (`needs: project`).
    record OfProject(String project, String ref, String job, boolean artifacts)
        implements Foreign {}

    /// A job of the pipeline that started this one (`needs: pipeline` with `job`).
    record OfPipeline(String pipeline, String job, boolean artifacts) implements Foreign {}

    /// No files: this job's status follows that of the pipeline (`needs: pipeline` alone).
    record Status(String pipeline) implements Foreign {}
  }
}
