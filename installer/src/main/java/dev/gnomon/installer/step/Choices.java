/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

/**
 * What the user has decided.
 *
 * @param version of the Gnomon that setup belongs to
 * @param force whether the engine is stopped though volumes are in use
 * @param allowSystemVolume whether the state may lie on the volume that Windows runs from
 * @param removeData whether an uninstall deletes volumes and shadow copies
 */
public record Choices(String version, boolean force, boolean allowSystemVolume, boolean removeData) {}
