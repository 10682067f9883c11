package dev.fleetwright.server.http;

import dev.fleetwright.core.feed.Feed;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Answers that were given, to be given again while nothing has changed.
///
/// This is no cache that has to be kept in step with the database: for each request the database is
/// asked whether anything at all was committed since ([Feed#mark]), and an answer from before is
/// forgotten. So it is as right as reading again, on any number of servers, for whatever only
/// changes together with an entry of the feed. Reading a hundred deploys again costs milliseconds;
/// asking costs a tenth of one.
final class KeptAnswers {

  private static final int MOST_BYTES = 16 << 20;
  private static final int LARGEST = 1 << 20;

  private final Feed feed;
  private final SequencedMap<String, Kept> answers = new LinkedHashMap<>(16, 0.75f, true);
  private int bytes;

  private record Kept(Feed.Mark mark, Content content) {}

  KeptAnswers(Feed feed) {
    this.feed = feed;
  }

  /// Bytes that are not changed.
  static final class Content {
    private final byte[] bytes;

    Content(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /// Makes an answer.
  interface Making {
    byte[] make() throws Exception;
  }

  /// The answer to a question; made when it was never asked, or when something moved since.
  ///
  /// @param question names everything that the answer depends on besides the record
  byte[] answer(String question, Making making) throws Exception {
    // Before the answer is made: what is committed meanwhile makes it be made again.
    var now = feed.mark();
    var kept = find(question);
    if (kept.filter(k -> k.mark().equals(now)).isPresent()) {
      return kept.get().content().bytes();
    }
    var made = making.make();
    keep(question, new Kept(now, new Content(made)));
    return made;
  }

  private synchronized Optional<Kept> find(String question) {
    return Optional.ofNullable(answers.get(question));
  }

  private synchronized void keep(String question, Kept kept) {
    if (kept.content().bytes().length > LARGEST) {
      return;
    }
    var before = answers.put(question, kept);
    bytes += kept.content().bytes().length - (before == null ? 0 : size(before));
    while (bytes > MOST_BYTES) {
      bytes -= size(answers.pollFirstEntry().getValue());
    }
  }

  private static int size(Kept kept) {
    return kept.content().bytes().length;
  }
}
