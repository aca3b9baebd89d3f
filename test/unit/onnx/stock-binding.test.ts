import { stockBinding } from '../../../workers/onnx/stock-binding.ts';
import { bindingContract } from '../../support/binding-contract.ts';

bindingContract('stock', stockBinding);
