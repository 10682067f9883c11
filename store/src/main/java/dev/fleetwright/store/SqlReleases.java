package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ReleasedImage;
import dev.fleetwright.core.image.ReleasedImage.BaseImage;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Component;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Releases, added and never changed.
final class SqlReleases implements Releases {

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlReleases(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Release add(
      ProjectName project,
      CommitSha sha,
      String ref,
      String title,
      String author,
      long pipeline,
      List<Component> components,
      List<ReleasedImage> images,
      Actor by,
      Instant at) {
    return feed.write(
        "keeping the release of pipeline " + pipeline,
        session -> {
          // One at a time for each pipeline, so a repetition sees what it repeats.
          SqlLeases.lock(session, SqlLeases.Kind.PIPELINE, pipeline);
          var made = ofPipeline(session, pipeline);
          if (made.isPresent()) {
            return made.get();
          }
          session.change(
              """
              INSERT INTO release
                (project, number, sha, ref, title, author, pipeline, components, created_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
              """,
              project.value(),
              Counter.next(session, project, "release"),
              sha.value(),
              ref,
              title,
              author,
              pipeline,
              bytes(components),
              at);
          var release = ofPipeline(session, pipeline).orElseThrow();
          for (var image : images) {
            insert(session, release.id(), image);
          }
          tell(session, release, images, by, at);
          return release;
        });
  }

  private static void insert(Session session, long release, ReleasedImage image)
      throws SQLException {
    session.change(
        """
        INSERT INTO release_image
          (release, component, place, tag, digest, origin, base, base_digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        release,
        image.component(),
        image.name().place(),
        image.name().tag(),
        image.digest().hex(),
        image.origin().keyword(),
        image.base().map(base -> base.name().toString()),
        image.base().map(base -> base.digest().hex()));
  }

  private static void tell(
      Session session, Release release, List<ReleasedImage> images, Actor by, Instant at)
      throws SQLException {
    var facts = new java.util.TreeMap<String, String>();
    facts.put("release", Long.toString(release.number()));
    facts.put("sha", release.sha().value());
    facts.put("ref", release.ref());
    facts.put("pipeline", Long.toString(release.pipeline()));
    release.components().forEach(c -> facts.put("component." + c.name(), c.digest().toString()));
    images.forEach(image -> facts.put("image." + image.component(), image.name().toString()));
    SqlLedger.write(session, release.project().value(), by, "release.made", facts, at);
    SqlFeed.write(
        session,
        "release",
        Map.of("project", release.project().value(), "release", Long.toString(release.number())),
        at);
  }

  private static Optional<Release> ofPipeline(Session session, long pipeline) throws SQLException {
    return session.one("SELECT * FROM release WHERE pipeline = ?", SqlReleases::release, pipeline);
  }

  @Override
  public Optional<Release> find(long id) {
    return transactions.ask(
        "reading release " + id,
        session -> session.one("SELECT * FROM release WHERE id = ?", SqlReleases::release, id));
  }

  @Override
  public Optional<Release> find(ProjectName project, long number) {
    return transactions.read(
        "reading release %d of %s".formatted(number, project),
        session ->
            session.one(
                "SELECT * FROM release WHERE project = ? AND number = ?",
                SqlReleases::release,
                project.value(),
                number));
  }

  @Override
  public Optional<Release> ofPipeline(long pipeline) {
    return transactions.read(
        "looking for the release of pipeline " + pipeline,
        session -> ofPipeline(session, pipeline));
  }

  @Override
  public Optional<Release> ofCommit(ProjectName project, CommitSha sha) {
    return transactions.read(
        "looking for a release of commit " + sha,
        session ->
            session.one(
                "SELECT * FROM release WHERE project = ? AND sha = ? ORDER BY id DESC LIMIT 1",
                SqlReleases::release,
                project.value(),
                sha.value()));
  }

  @Override
  public Optional<Release> newestOf(ProjectName project, String branch) {
    return transactions.read(
        "looking for the newest release of " + branch,
        session ->
            session.one(
                """
                SELECT r.* FROM release r JOIN pipeline p ON p.id = r.pipeline
                 WHERE r.project = ? AND r.ref = ? AND p.tag = 0
                 ORDER BY COALESCE(p.rebuild_of, p.id) DESC, r.number DESC LIMIT 1
                """,
                SqlReleases::release,
                project.value(),
                branch));
  }

  @Override
  public List<Release> of(ProjectName project, int most, int skip) {
    return transactions.read(
        "listing the releases of " + project,
        session ->
            session.list(
                "SELECT * FROM release WHERE project = ? ORDER BY number DESC LIMIT ? OFFSET ?",
                SqlReleases::release,
                project.value(),
                most,
                skip));
  }

  @Override
  public List<ReleasedImage> images(long release) {
    return transactions.read(
        "reading the images of release " + release,
        session ->
            session.list(
                "SELECT * FROM release_image WHERE release = ? ORDER BY component",
                SqlReleases::image,
                release));
  }

  @Override
  public List<Release> withImage(Digest image, int most) {
    return transactions.read(
        "looking for releases of image " + image.brief(),
        session ->
            session.list(
                """
                SELECT r.* FROM release r
                 WHERE r.id IN (SELECT i.release FROM release_image i WHERE i.digest = ?)
                 ORDER BY r.id DESC LIMIT ?
                """,
                SqlReleases::release,
                image.hex(),
                most));
  }

  @Override
  public List<String> runningIn(long release) {
    return transactions.read(
        "looking where release %d runs".formatted(release),
        session ->
            session.list(
                """
                SELECT DISTINCT e.name AS name FROM live l JOIN environment e ON e.id = l.environment
                 WHERE l.release = ? ORDER BY name
                """,
                row -> row.text("name"),
                release));
  }

  private static ReleasedImage image(Row row) throws SQLException {
    var base = row.maybeText("base").map(SqlReleases::name);
    var baseDigest = row.maybeText("base_digest").map(Digest::new);
    return new ReleasedImage(
        row.text("component"),
        name(row.text("place") + row.maybeText("tag").map(tag -> ":" + tag).orElse(""))
            .pinned(row.digest("digest")),
        ReleasedImage.Origin.of(row.text("origin")),
        base.flatMap(name -> baseDigest.map(digest -> new BaseImage(name, digest))));
  }

  private static ImageName name(String text) {
    return ImageName.parse(text)
        .orElseThrow(() -> new RecordUnreadable("no name of an image: " + text));
  }

  private static Release release(Row row) throws SQLException {
    return new Release(
        row.whole("id"),
        new ProjectName(row.text("project")),
        row.whole("number"),
        new CommitSha(row.text("sha")),
        row.text("ref"),
        row.text("title"),
        row.text("author"),
        row.whole("pipeline"),
        readComponents(row.bytes("components")),
        row.time("created_at"));
  }

  private static byte[] bytes(List<Component> components) {
    return new Listing(List.copyOf(components.stream().map(Component::canonical).toList())).bytes();
  }

  static List<Component> readComponents(byte[] bytes) {
    return Bencode.expect(Bencode.read(bytes), Listing.class).values().stream()
        .map(value -> Component.of(Bencode.expect(value, Dictionary.class)))
        .toList();
  }
}
