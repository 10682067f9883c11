package dev.fleetwright.cli;

import dev.fleetwright.api.Image;
import dev.fleetwright.api.Release;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Look at releases and at the images that they consist of.",
    subcommands = {
      ReleaseCommand.Listing.class,
      ReleaseCommand.Show.class,
      ReleaseCommand.Find.class,
      ReleaseCommand.Register.class
    })
final class ReleaseCommand {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List a project's newest releases.")
  static final class Listing implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var releases = client.releases(project, 1).items();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("RELEASE", "COMMIT", "REF", "IMAGES", "MADE", "TITLE"));
        releases.forEach(r ->
            rows.add(
                List.of(
                    r.version(),
                    r.sha().substring(0, 8),
                    Terminal.clean(r.ref()),
                    Integer.toString(r.images().size()),
                    r.createdAt().toString(),
                    Terminal.clean(r.title()))));
        output.result(releases, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Show of which commit a release is, and its components and images by digest.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "PROJECT")
    private String project = "";

    @Parameters(index = "1", paramLabel = "RELEASE", description = "Such as r7 or 7.")
    private String release = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var found = client.release(project, number(release));
        output.result(found, lines(found));
        return ExitCode.DONE;
      }
    }

    private static long number(String text) {
      var digits = text.startsWith("r") ? text.substring(1) : text;
      if (!digits.matches("[0-9]{1,18}")) {
        throw new Refusal(
            ExitCode.USAGE,
            "`%s` is no release; write its number, such as r7. `fleetwright release list` shows them"
                .formatted(Terminal.clean(text)));
      }
      return Long.parseLong(digits);
    }

    private static List<String> lines(Release release) {
      var lines = new ArrayList<String>();
      lines.add(
          "%s of %s: commit %s (%s), pipeline %d, made %s"
              .formatted(
                  release.version(),
                  Terminal.clean(release.project()),
                  release.sha(),
                  Terminal.clean(release.ref()),
                  release.pipeline(),
                  release.createdAt()));
      for (var component : release.components()) {
        if (component.image().isEmpty()) {
          lines.add(
              "%s: %d files, %d bytes, %s"
                  .formatted(
                      Terminal.clean(component.name()),
                      component.files(),
                      component.size(),
                      component.digest()));
        }
      }
      release.images().forEach(image -> lines.addAll(of(image)));
      return lines;
    }
  }

  /// An image, and what is known of it.
  private static List<String> of(Image image) {
    var lines = new ArrayList<String>();
    lines.add("%s: %s".formatted(Terminal.clean(image.component()), image.exact()));
    var how =
        switch (image.origin()) {
          case REPORTED -> "reported by a job";
          case RESOLVED -> "what the registry said when the release was made";
          case BUILT -> "built of the pipeline's files";
          case WRITTEN -> "as fleetwright.yml says";
        };
    lines.add("  " + image.tag().map(tag -> "tag " + tag + ", ").orElse("") + how);
    image.base().ifPresent(base -> lines.add("  from %s@%s".formatted(base.name(), base.digest())));
    return lines;
  }

  @Command(
      name = "find",
      mixinStandardHelpOptions = true,
      description = "Say which commit an image was made from.")
  static final class Find implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(
        paramLabel = "DIGEST",
        description = "sha256:…, or an image with one: registry.example/shop/web@sha256:…")
    private String digest = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var found = client.releasesWithImage(digest.substring(digest.indexOf('@') + 1));
        if (found.isEmpty()) {
          throw new Refusal(
              ExitCode.NOT_FOUND,
              "no release consists of %s; an image of several platforms has a digest of its own, which is the one that counts"
                  .formatted(Terminal.clean(digest)));
        }
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("PROJECT", "RELEASE", "COMPONENT", "COMMIT", "REF", "RUNS IN"));
        found.forEach(f ->
            rows.add(
                List.of(
                    Terminal.clean(f.project()),
                    f.release().version(),
                    Terminal.clean(f.image().component()),
                    f.release().sha(),
                    Terminal.clean(f.release().ref()),
                    String.join(", ", f.environments().stream().map(Terminal::clean).toList()))));
        output.result(found, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "register-image",
      mixinStandardHelpOptions = true,
      description = {
        "Register what a tag of an image means for ever. Refused when it means another image.",
        "Images of pipelines are registered by themselves."
      })
  static final class Register implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "PROJECT")
    private String project = "";

    @Parameters(
        index = "1",
        paramLabel = "IMAGE",
        description = "With tag and digest: registry.example/shop/web:1.2@sha256:…")
    private String image = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var tag = client.registerImage(project, new Image.Register(image));
        output.result(
            tag,
            List.of(
                "%s means %s since %s."
                    .formatted(Terminal.clean(tag.image()), tag.digest(), tag.at())));
        return ExitCode.DONE;
      }
    }
  }
}
