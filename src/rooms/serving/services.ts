import type { DatasetService, ImageExamples } from "../datasets/index.js";
import type { IdentityRoom } from "../identity/index.js";
import type { MeteringService } from "../metering/index.js";
import type { ModelService, VersionService } from "../models/index.js";
import type { TenancyService } from "../tenancy/index.js";

/** What this room uses of those before it. */
export interface ServingServices {
  tenancy: TenancyService;
  authenticator: IdentityRoom["authenticator"];
  metering: MeteringService;
  models: ModelService;
  versions: VersionService;
  datasets: DatasetService;
  images: ImageExamples;
}
