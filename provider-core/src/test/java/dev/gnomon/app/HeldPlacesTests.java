/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.app.HeldPlaces.Hold;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With the root of this file system in the part of the system volume: paths of Windows can only be made there. */
class HeldPlacesTests {
    private static final Path PLACE = Path.of("/srv/gnomon");
    private static final String ROOT = String.valueOf(PLACE.getRoot());

    @Test
    void systemVolumeIsRefusedUnlessAllowed() {
        assertThat(new HeldPlaces(ROOT, false).of(PLACE)).isEqualTo(Hold.USUALLY);
        assertThatThrownBy(() -> new HeldPlaces(ROOT, false).require("origin", PLACE))
                .isInstanceOfSatisfying(ControlException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(ErrorKind.REFUSED);
                    assertThat(refused)
                            .hasMessageContaining("origin " + PLACE)
                            .hasMessageContaining("allowSystemVolume");
                });
        assertThatCode(() -> new HeldPlaces(ROOT, true).require("origin", PLACE))
                .doesNotThrowAnyException();
    }

    @Test
    void otherLocalVolumesAreTaken() {
        assertThat(new HeldPlaces("Q:\\", false).of(PLACE)).isEqualTo(Hold.PERHAPS);
        assertThatCode(() -> new HeldPlaces("Q:\\", false).require("origin", PLACE))
                .doesNotThrowAnyException();
    }

    @Test
    void onePlaceMayBeAllowedAndIsWarnedOf() {
        HeldPlaces places = new HeldPlaces(ROOT, false);
        assertThatCode(() -> places.require("origin", PLACE, true)).doesNotThrowAnyException();
        assertThat(places.warning("origin", PLACE)).contains("origin /srv/gnomon lies on the system volume");
        assertThat(new HeldPlaces("Q:\\", false).warning("origin", PLACE)).contains("lies on a local volume");
        assertThat(new HeldPlaces("", false).warning("origin", PLACE)).isEmpty();
    }

    @Test
    void nothingIsHeldWhereThereIsNoVss() {
        assertThat(new HeldPlaces("", false).of(PLACE)).isEqualTo(Hold.NEVER);
        assertThatCode(() -> new HeldPlaces("", false).require("origin", PLACE)).doesNotThrowAnyException();
    }
}
