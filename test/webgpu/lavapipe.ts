/**
 * A GPU in software: Mesa's Vulkan driver for the processor, as new as WebGPU needs it, from Debian's packages. Slow and
 * exact, so it shows that the way over WebGPU computes what it should, and says nothing about speed.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackedPackages } from '../support/debianPackages.js';

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';

/** What the compute process needs in its environment to find the driver, or why there is none. */
export async function lavapipe(): Promise<{ environment: Record<string, string> } | { reason: string }> {
  const unpacked = await unpackedPackages({
    name: 'lavapipe',
    suites: ['bookworm', 'bookworm-backports'],
    packages: [
      ...['mesa-vulkan-drivers', 'libvulkan1', 'libllvm15', 'libz3-4', 'libdrm2', 'libdrm-amdgpu1', 'libelf1'],
      ...['libexpat1', 'libedit2', 'libbsd0', 'libmd0', 'libtinfo6', 'libzstd1', 'zlib1g', 'libffi8', 'libxml2'],
      ...['libicu72', 'liblzma5', 'libwayland-client0', 'libx11-6', 'libx11-xcb1', 'libxau6', 'libxdmcp6', 'libxcb1'],
      ...['libxcb-dri3-0', 'libxcb-present0', 'libxcb-randr0', 'libxcb-shm0', 'libxcb-sync1', 'libxcb-xfixes0'],
      'libxshmfence1',
    ],
    brings: `${LIBRARIES}/libvulkan_lvp.so`,
  });
  if ('reason' in unpacked) return unpacked;
  const { root } = unpacked;
  const driver = join(root, 'lavapipe.json');
  const library_path = join(root, LIBRARIES, 'libvulkan_lvp.so');
  await writeFile(
    driver,
    JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path, api_version: '1.4.0' } }),
  );
  const libraries = [LIBRARIES, 'lib/x86_64-linux-gnu'].map((folder) => join(root, folder)).join(':');
  return { environment: { VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: libraries } };
}
