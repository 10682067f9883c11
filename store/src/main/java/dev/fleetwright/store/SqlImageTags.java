package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.image.ImageTags;
import dev.fleetwright.core.project.ProjectName;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/// What tags of images mean.
final class SqlImageTags implements ImageTags {

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlImageTags(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Registered register(ImageTag tag, Actor by) {
    return feed.write(
        "registering " + tag.image(),
        session -> {
          // The key decides who is first: of two at once the second sees the first one's row.
          var added =
              session.change(
                  """
                  INSERT INTO image_tag
                    (place, tag, digest, project, pipeline, registered_by, registered_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?)
                  ON CONFLICT (place, tag) DO NOTHING
                  """,
                  tag.image().place(),
                  tag.image().tag().orElseThrow(),
                  tag.digest().hex(),
                  tag.project().value(),
                  tag.pipeline(),
                  by.name(),
                  tag.at());
          var kept = find(session, tag.image()).orElseThrow();
          if (!kept.digest().equals(tag.digest())) {
            return new Registered.Taken(kept);
          }
          if (added > 0) {
            SqlLedger.write(
                session,
                tag.project().value(),
                by,
                "image.registered",
                Map.of("image", tag.image().toString()),
                tag.at());
          }
          return new Registered.Done(kept);
        });
  }

  @Override
  public ImageTag move(ImageTag tag, Actor by) {
    return feed.write(
        "moving " + tag.image().tagged(tag.image().tag().orElseThrow()),
        session -> {
          var before = find(session, tag.image()).orElseThrow();
          session.changeOne(
              """
              UPDATE image_tag
                 SET digest = ?, project = ?, pipeline = ?, registered_by = ?, registered_at = ?
               WHERE place = ? AND tag = ?
              """,
              tag.digest().hex(),
              tag.project().value(),
              tag.pipeline(),
              by.name(),
              tag.at(),
              tag.image().place(),
              tag.image().tag().orElseThrow());
          SqlLedger.write(
              session,
              tag.project().value(),
              by,
              "image.tag_moved",
              Map.of(
                  "image", tag.image().toString(),
                  "before", before.digest().toString()),
              tag.at());
          return find(session, tag.image()).orElseThrow();
        });
  }

  @Override
  public Optional<ImageTag> find(ImageName name) {
    return transactions.read("looking for " + name, session -> find(session, name));
  }

  private static Optional<ImageTag> find(Session session, ImageName name) throws SQLException {
    return session.one(
        "SELECT * FROM image_tag WHERE place = ? AND tag = ?",
        SqlImageTags::tag,
        name.place(),
        name.tag().orElseThrow());
  }

  private static ImageTag tag(Row row) throws SQLException {
    var text = row.text("place") + ":" + row.text("tag");
    return new ImageTag(
        ImageName.parse(text)
            .orElseThrow(() -> new RecordUnreadable("no name of an image: " + text))
            .pinned(row.digest("digest")),
        new ProjectName(row.text("project")),
        row.maybeWhole("pipeline"),
        row.text("registered_by"),
        row.time("registered_at"));
  }
}
