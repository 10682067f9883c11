package dev.fleetwright.pipeline.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What builders write, to the letter.
class ImageReportTest {

  private static final String A = "sha256:" + "a".repeat(64);
  private static final String B = "sha256:" + "b".repeat(64);

  @Test
  void a_digest_alone_is_read() {
    assertThat(read(A)).containsExactly("? " + A);
    assertThat(read(A + "\n")).containsExactly("? " + A);
  }

  @Test
  void lines_of_names_and_digests_are_read() {
    assertThat(
            read("registry.example/shop/web@" + A + "\nregistry.example/shop/cron:1@" + B + "\n"))
        .containsExactly(
            "registry.example/shop/web@" + A + " " + A,
            "registry.example/shop/cron:1@" + B + " " + B);
  }

  @Test
  void the_metadata_of_buildah_and_buildx_is_read() {
    assertThat(
            read(
                """
                {
                  "containerimage.config.digest": "%s",
                  "containerimage.descriptor": {
                    "mediaType": "application/vnd.oci.image.manifest.v1+json",
                    "digest": "%s",
                    "size": 506
                  },
                  "containerimage.digest": "%s",
                  "image.name": "registry.example/shop/web:1,registry.example/shop/web:latest"
                }
                """
                    .formatted(B, A, A)))
        .containsExactly("registry.example/shop/web:1@" + A + " " + A);
  }

  @Test
  void what_jib_writes_is_read() {
    assertThat(
            read(
                """
                {"image":"registry.example/shop/web:1","imageId":"%s","imageDigest":"%s","tags":["1"],"imagePushed":true}
                """
                    .formatted(B, A)))
        .containsExactly("registry.example/shop/web:1@" + A + " " + A);
  }

  @Test
  void an_object_of_names_and_digests_is_read() {
    assertThat(read("{\"registry.example/shop/web\": \"" + A + "\", \"nginx\": \"" + B + "\"}"))
        .containsExactly(
            "registry.example/shop/web@" + A + " " + A, "docker.io/library/nginx@" + B + " " + B);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  \n",
        "sha256:123",
        "registry.example/shop/web:latest",
        "{",
        "{}",
        "{\"containerimage.digest\": \"latest\"}",
        "{\"registry.example/shop/web\": 5}",
        "{\"imageDigest\": {}}",
        "sha256:AAAA",
        "../../etc/passwd@sha256:x",
      })
  void anything_else_is_told(String content) {
    assertThat(ImageReport.read(content.getBytes(UTF_8))).isInstanceOf(ImageReport.Wrong.class);
  }

  @Test
  void what_is_no_text_or_too_much_of_it_is_told() {
    assertThat(ImageReport.read(new byte[] {(byte) 0xff, 0}))
        .isEqualTo(new ImageReport.Wrong("it is not UTF-8"));
    assertThat(ImageReport.read(new byte[ImageReport.MOST_BYTES + 1]))
        .isEqualTo(new ImageReport.Wrong("it has more than 65,536 bytes"));
  }

  private static List<String> read(String content) {
    var told = (ImageReport.Told) ImageReport.read(content.getBytes(UTF_8));
    return told.images().stream()
        .map(line -> line.name().map(Object::toString).orElse("?") + " " + line.digest())
        .toList();
  }
}
