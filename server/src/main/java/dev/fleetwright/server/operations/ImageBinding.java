package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageRegistries;
import dev.fleetwright.core.image.ImageRegistries.Assembly;
import dev.fleetwright.core.image.ImageRegistries.Layer;
import dev.fleetwright.core.image.ImageRegistries.Looked;
import dev.fleetwright.core.image.ImageRegistries.Pushed;
import dev.fleetwright.core.image.ImageTags;
import dev.fleetwright.core.image.ImageTags.ImageTag;
import dev.fleetwright.core.image.ImageTags.Registered;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.image.ReleasedImage.BaseImage;
import dev.fleetwright.core.image.ReleasedImage.Origin;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.pipeline.project.ImageRule;
import dev.fleetwright.pipeline.project.ProjectFile;
import dev.fleetwright.pipeline.project.RegistryRule;
import dev.fleetwright.server.operations.ImageReports.Report;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Finds the one image that a component of a release is, by digest, or makes it.
///
/// Which registries may be asked and pushed to is read from the default branch: no branch can send
/// this server, and its credentials, anywhere else.
final class ImageBinding {

  private static final Set<String> MOVING = Set.of("latest");

  private final ImageRegistries registries;
  private final ImageTags tags;
  private final Pipelines pipelines;
  private final Blobs blobs;
  private final InstantSource clock;

  ImageBinding(
      ImageRegistries registries,
      ImageTags tags,
      Pipelines pipelines,
      Blobs blobs,
      InstantSource clock) {
    this.registries = registries;
    this.tags = tags;
    this.pipelines = pipelines;
    this.blobs = blobs;
    this.clock = clock;
  }

  /// What was found.
  sealed interface Bound {
    /// The image.
    record To(ReleasedImage image) implements Bound {}

    /// There is none; one sentence for people.
    record Wrong(String why) implements Bound {}

    /// A registry does not answer at the moment.
    record Later(String why) implements Bound {}
  }

  /// What a component is bound in.
  ///
  /// @param policy the file at the head of the default branch
  /// @param written what writes `${CI_…}` into a text
  record Surroundings(
      Pipeline pipeline,
      BuiltFiles files,
      ProjectFile policy,
      UnaryOperator<String> written,
      Actor by) {

    private boolean moves(String tag) {
      return MOVING.contains(tag)
          || tag.equals(pipeline.ref())
          || tag.equals(written.apply("${CI_COMMIT_REF_SLUG}"));
    }
  }

  /// Bind one component. Called again after a crash, it finds or makes the same.
  Bound bind(String component, ImageRule rule, Surroundings around) throws InterruptedException {
    return switch (rule) {
      case ImageRule.Pushed pushed -> pushed(component, pushed, around);
      case ImageRule.Assembled assembled -> assembled(component, assembled, around);
    };
  }

  private Bound pushed(String component, ImageRule.Pushed rule, Surroundings around)
      throws InterruptedException {
    var text = around.written().apply(rule.name());
    var wanted = ImageName.parse(text);
    if (wanted.isEmpty()) {
      return new Bound.Wrong("`%s` is no name of an image".formatted(text));
    }
    var name = wanted.get();
    var report =
        rule.digestFile().isPresent()
            ? ImageReports.file(rule.digestFile().get(), name, around.files(), blobs)
            : ImageReports.dotenv(component, around.files().jobs());
    return switch (report) {
      case Report.Wrong(var what) -> new Bound.Wrong(what);
      case Report.Told told -> reported(component, name, told, around);
      case Report.None _ when name.digest().isPresent() ->
          new Bound.To(new ReleasedImage(component, name, Origin.WRITTEN, Optional.empty()));
      case Report.None _ when name.tag().isPresent() -> resolved(component, name, around);
      case Report.None _ ->
          new Bound.Wrong(
              "no job reported which image it made of %s; let the one that pushes it report `%s=%s@sha256:…` in a dotenv report, or name a file with the digest: `image: { name: %s, digest: … }`"
                  .formatted(
                      name.place(), ReleasedImage.variable(component), name.place(), name.place()));
    };
  }

  private Bound reported(String component, ImageName name, Report.Told told, Surroundings around)
      throws InterruptedException {
    if (told.name().filter(other -> !other.place().equals(name.place())).isPresent()) {
      return new Bound.Wrong(
          "%s reported %s, and fleetwright.yml says %s"
              .formatted(told.who(), told.name().get(), name.place()));
    }
    if (name.digest().isPresent()
        && told.digest().filter(digest -> !name.digest().get().equals(digest)).isPresent()) {
      return new Bound.Wrong(
          "%s reported the digest %s, and fleetwright.yml says %s"
              .formatted(told.who(), told.digest().get(), name.digest().get()));
    }
    var tag = told.name().flatMap(ImageName::tag).or(name::tag);
    var tagged = tag.map(name.bare()::tagged).orElse(name.bare());
    var digest = told.digest().or(name::digest);
    if (digest.isEmpty()) {
      return tag.isPresent()
          ? resolved(component, tagged, around)
          : new Bound.Wrong(
              "%s reported %s without tag and digest; report registry/name@sha256:…"
                  .formatted(told.who(), name.place()));
    }
    var pinned = tagged.pinned(digest.get());
    var base = told.base();
    // The registry is not needed for what was reported; where it may be asked, it knows more.
    var registry = around.policy().registryOf(pinned);
    if (registry.isPresent()) {
      switch (registries.look(name.bare().pinned(digest.get()), registry.get().insecure())) {
        case Looked.Found(_, var written) -> base = base.or(() -> written);
        case Looked.Missing _ -> {
          return new Bound.Wrong(
              "%s reported %s, and the registry has no such image; push it before it is reported"
                  .formatted(told.who(), name.bare().pinned(digest.get())));
        }
        case Looked.No _, Looked.Unreachable _ -> {
          // As if it might not be asked.
        }
      }
    }
    return registered(new ReleasedImage(component, pinned, Origin.REPORTED, base), around);
  }

  private Bound resolved(String component, ImageName name, Surroundings around)
      throws InterruptedException {
    return switch (look(name, around)) {
      case Sought.Found(var digest, var base) ->
          new Bound.To(new ReleasedImage(component, name.pinned(digest), Origin.RESOLVED, base));
      case Sought.Not(var why) -> why;
    };
  }

  /// A registry's answer, or what it means for the component.
  private sealed interface Sought {
    record Found(Digest digest, Optional<BaseImage> base) implements Sought {}

    record Not(Bound why) implements Sought {}
  }

  private Sought look(ImageName name, Surroundings around) throws InterruptedException {
    var registry = around.policy().registryOf(name);
    if (registry.isEmpty()) {
      return new Sought.Not(notAllowed(name));
    }
    return switch (registries.look(name, registry.get().insecure())) {
      case Looked.Found(var digest, var base) -> new Sought.Found(digest, base);
      case Looked.Missing _ ->
          new Sought.Not(new Bound.Wrong("the registry has no image %s".formatted(name)));
      case Looked.No(var why) -> new Sought.Not(new Bound.Wrong(why));
      case Looked.Unreachable(var why) -> new Sought.Not(new Bound.Later(why));
    };
  }

  private static Bound notAllowed(ImageName name) {
    return new Bound.Wrong(
        "this server may not go to %s for %s: name it under `registries` in fleetwright.yml of the default branch, such as `registries: { %s: {} }`"
            .formatted(name.registry(), name, quoted(name.registry())));
  }

  private static String quoted(String registry) {
    return registry.contains(":") ? "\"" + registry + "\"" : registry;
  }

  private Bound assembled(String component, ImageRule.Assembled rule, Surroundings around)
      throws InterruptedException {
    var written = around.written();
    var to = ImageName.parse(written.apply(rule.to()));
    if (to.isEmpty()) {
      return new Bound.Wrong("`%s` is no name of an image".formatted(written.apply(rule.to())));
    }
    var registry = around.policy().registryOf(to.get());
    if (registry.isEmpty()) {
      return notAllowed(to.get());
    }
    var base = Optional.<BaseImage>empty();
    var insecure = registry.get().insecure();
    if (rule.from().isPresent()) {
      var text = written.apply(rule.from().get());
      var name = ImageName.parse(text);
      if (name.isEmpty()) {
        return new Bound.Wrong("`%s` is no name of an image".formatted(text));
      }
      switch (look(name.get(), around)) {
        case Sought.Not(var why) -> {
          return why;
        }
        case Sought.Found(var digest, _) ->
            base =
                Optional.of(
                    new BaseImage(
                        name.get().tag().map(name.get().bare()::tagged).orElse(name.get().bare()),
                        digest));
      }
      insecure |= around.policy().registryOf(name.get()).filter(RegistryRule::insecure).isPresent();
    }
    var layers = new ArrayList<Layer>();
    for (var folder : rule.files().entrySet()) {
      var files = around.files().below(folder.getKey());
      if (files.isEmpty()) {
        return new Bound.Wrong(
            "no job left an artifact below `%s/`, and the repository has no such folder; add it to `artifacts:paths` of the job that makes it"
                .formatted(folder.getKey()));
      }
      layers.add(new Layer(folder.getValue(), files));
    }
    var variables = new TreeMap<>(rule.variables());
    variables.replaceAll((_, value) -> written.apply(value));
    var labels = new TreeMap<>(rule.labels());
    labels.replaceAll((_, value) -> written.apply(value));
    var names = new LinkedHashSet<String>();
    rule.tags().forEach(tag -> names.add(written.apply(tag)));
    if (names.isEmpty()) {
      names.add(around.pipeline().sha().brief() + "-" + around.pipeline().number());
    }
    var assembly =
        new Assembly(
            to.get(),
            names,
            base.map(b -> b.name().bare().pinned(b.digest())),
            layers,
            rule.entrypoint(),
            rule.command(),
            variables,
            rule.user(),
            rule.workingDirectory(),
            rule.ports(),
            labels,
            rule.platforms(),
            insecure);
    var from = base;
    return switch (registries.push(assembly)) {
      case Pushed.Done(var digest) ->
          registered(
              new ReleasedImage(
                  component, to.get().tagged(names.getFirst()).pinned(digest), Origin.BUILT, from),
              around);
      case Pushed.No(var why) -> new Bound.Wrong(why);
      case Pushed.Unreachable(var why) -> new Bound.Later(why);
    };
  }

  /// A tag means one image. Only building the same commit again may change which: its tag is then
  /// the same, and what it meant stays on record.
  private Bound registered(ReleasedImage image, Surroundings around) {
    var tag = image.name().tag();
    if (tag.isEmpty() || around.moves(tag.get())) {
      return new Bound.To(image);
    }
    var wish =
        new ImageTag(
            image.name(),
            around.pipeline().project(),
            Optional.of(around.pipeline().id()),
            around.by().name(),
            clock.instant());
    return switch (tags.register(wish, around.by())) {
      case Registered.Done _ -> new Bound.To(image);
      case Registered.Taken(var by) when ofSameCommit(by, around.pipeline()) -> {
        var _ = tags.move(wish, around.by());
        yield new Bound.To(image);
      }
      case Registered.Taken(var by) -> new Bound.Wrong(taken(by, image.digest()));
    };
  }

  private boolean ofSameCommit(ImageTag tag, Pipeline pipeline) {
    return tag.project().equals(pipeline.project())
        && tag.pipeline()
            .flatMap(pipelines::find)
            .filter(other -> other.sha().equals(pipeline.sha()))
            .isPresent();
  }

  /// For people: what a tag means already.
  static String taken(ImageTag tag, Digest wanted) {
    return "the tag %s means %s since %s (%s), and cannot mean %s as well; a tag names one image: take another one, such as ${CI_COMMIT_SHORT_SHA}"
        .formatted(
            tag.image().tagged(tag.image().tag().orElseThrow()),
            tag.digest(),
            tag.at(),
            tag.by(),
            wanted);
  }
}
